package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.Weights;

/**
 * The small network of DIN (arXiv 1706.06978) and of the authors' DIEN code:
 *
 * <pre>
 * q = prelu(Q e + b_q);  z = [q, f_t, q - f_t, q * f_t]
 * score_t = w3 s(W2 s(W1 z + b1) + b2) + b3,  a = softmax(score)
 * </pre>
 *
 * With W1 = [W_q, W_h, W_d, W_p] the first layer splits exactly into (W_h - W_d) f_t + b1, once per
 * behavior, (W_q + W_d) q, once per ad, and W_p (q * f_t), the only part for each pair.
 */
final class MlpAttention implements Attention {
    private final Weights.Attention w;
    private final Kernels kernels;
    private final int width;
    private final int hidden1;
    private final int hidden2;

    /** W_h - W_d, [80, F]. */
    private final float[] perBehavior;

    /** W_q + W_d, [80, F]. */
    private final float[] perAd;

    /** W_p, [80, F]. */
    private final float[] perPair;

    MlpAttention(Weights.Attention w, int width, Kernels kernels) {
        this.w = w;
        this.kernels = kernels;
        this.width = width;
        Matrix first = w.hidden1().weight();
        this.hidden1 = first.rows();
        this.hidden2 = w.hidden2().weight().rows();
        this.perBehavior = new float[hidden1 * width];
        this.perAd = new float[hidden1 * width];
        this.perPair = new float[hidden1 * width];
        for (int r = 0; r < hidden1; r++) {
            for (int f = 0; f < width; f++) {
                float difference = first.get(r, 2 * width + f);
                perAd[r * width + f] = first.get(r, f) + difference;
                perBehavior[r * width + f] = first.get(r, width + f) - difference;
                perPair[r * width + f] = first.get(r, 3 * width + f);
            }
        }
    }

    @Override
    public void prepare(float[] facts, int steps, Attention.Scratch scratch) {
        Scratch s = (Scratch) scratch;
        float[] bias = w.hidden1().bias();
        for (int t = 0; t < steps; t++) {
            kernels.dense(
                    perBehavior,
                    0,
                    hidden1,
                    width,
                    bias,
                    0,
                    facts,
                    t * width,
                    1,
                    s.behaviors,
                    t * hidden1,
                    false);
        }
    }

    @Override
    public void weights(
            float[] facts,
            int steps,
            float[] ads,
            int lanes,
            float[] weights,
            Attention.Scratch scratch) {
        Scratch s = (Scratch) scratch;
        dense(w.query(), ads, lanes, s.query, 0);
        kernels.prelu(s.query, width, lanes, w.queryAlpha());
        kernels.dense(perAd, 0, hidden1, width, null, 0, s.query, 0, lanes, s.ads, 0, false);
        for (int t = 0; t < steps; t++) {
            kernels.scaleRows(s.query, facts, t * width, width, lanes, s.pair);
            System.arraycopy(s.ads, 0, s.first, 0, hidden1 * lanes);
            kernels.dense(
                    perPair,
                    0,
                    hidden1,
                    width,
                    s.behaviors,
                    t * hidden1,
                    s.pair,
                    0,
                    lanes,
                    s.first,
                    0,
                    true);
            kernels.sigmoid(s.first, hidden1 * lanes);
            dense(w.hidden2(), s.first, lanes, s.second, 0);
            kernels.sigmoid(s.second, hidden2 * lanes);
            dense(w.output(), s.second, lanes, weights, t * lanes);
        }
        kernels.softmaxColumns(weights, steps, lanes);
    }

    private void dense(Weights.Dense d, float[] x, int lanes, float[] out, int outOffset) {
        Matrix m = d.weight();
        kernels.dense(
                m.data(), 0, m.rows(), m.cols(), d.bias(), 0, x, 0, lanes, out, outOffset, false);
    }

    @Override
    public Attention.Scratch newScratch(int maxSteps, int maxLanes) {
        return new Scratch(
                new float[maxSteps * hidden1],
                new float[width * maxLanes],
                new float[hidden1 * maxLanes],
                new float[width * maxLanes],
                new float[hidden1 * maxLanes],
                new float[hidden2 * maxLanes]);
    }

    /**
     * @param behaviors (W_h - W_d) f_t + b1, [T, 80]
     * @param query q, [F, lanes]
     * @param ads (W_q + W_d) q, [80, lanes]
     * @param pair q * f_t, [F, lanes]
     * @param first [80, lanes]
     * @param second [40, lanes]
     */
    private record Scratch(
            float[] behaviors,
            float[] query,
            float[] ads,
            float[] pair,
            float[] first,
            float[] second)
            implements Attention.Scratch {}
}
