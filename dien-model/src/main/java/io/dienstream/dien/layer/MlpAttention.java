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
    private final Kernels kernels;
    private final int width;
    private final int hidden1;
    private final int hidden2;
    private final float[] queryAlpha;

    /** Q, [F, D_a]. */
    private final Dense query;

    /** W_h - W_d with b1, [80, F]. */
    private final Dense perBehavior;

    /** W_q + W_d, [80, F]. */
    private final Dense perAd;

    /** W_p, [80, F]. */
    private final Dense perPair;

    /** [40, 80]. */
    private final Dense second;

    /** [1, 40]. */
    private final Dense output;

    MlpAttention(Weights.Attention w, int width, Kernels kernels) {
        this.kernels = kernels;
        this.width = width;
        this.queryAlpha = w.queryAlpha();
        this.query = Dense.of(w.query(), kernels);
        this.second = Dense.of(w.hidden2(), kernels);
        this.output = Dense.of(w.output(), kernels);
        Matrix first = w.hidden1().weight();
        this.hidden1 = first.rows();
        this.hidden2 = second.rows();
        float[] behavior = new float[hidden1 * width];
        float[] ad = new float[hidden1 * width];
        float[] pair = new float[hidden1 * width];
        for (int r = 0; r < hidden1; r++) {
            for (int f = 0; f < width; f++) {
                float difference = first.get(r, 2 * width + f);
                ad[r * width + f] = first.get(r, f) + difference;
                behavior[r * width + f] = first.get(r, width + f) - difference;
                pair[r * width + f] = first.get(r, 3 * width + f);
            }
        }
        this.perBehavior =
                new Dense(new Matrix(hidden1, width, behavior), w.hidden1().bias(), kernels);
        this.perAd = new Dense(new Matrix(hidden1, width, ad), null, kernels);
        this.perPair = new Dense(new Matrix(hidden1, width, pair), null, kernels);
    }

    @Override
    public void prepare(float[] facts, int steps, Attention.Scratch scratch) {
        perBehavior.vectors(facts, 0, steps, ((Scratch) scratch).behaviors, 0);
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
        query.block(ads, lanes, s.query, 0);
        kernels.prelu(s.query, width, lanes, queryAlpha);
        perAd.block(s.query, lanes, s.ads, 0);
        for (int t = 0; t < steps; t++) {
            kernels.scaleRows(s.query, facts, t * width, width, lanes, s.pair);
            System.arraycopy(s.ads, 0, s.first, 0, hidden1 * lanes);
            perPair.addTo(s.behaviors, t * hidden1, s.pair, lanes, s.first);
            kernels.sigmoid(s.first, hidden1 * lanes);
            second.block(s.first, lanes, s.second, 0);
            kernels.sigmoid(s.second, hidden2 * lanes);
            output.block(s.second, lanes, weights, t * lanes);
        }
        kernels.softmaxColumns(weights, steps, lanes);
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
