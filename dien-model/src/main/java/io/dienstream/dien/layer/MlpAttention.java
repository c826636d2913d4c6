package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.Tile;
import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.Weights;
import java.util.Arrays;

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
        this.queryAlpha = Arrays.copyOf(w.queryAlpha(), kernels.stride(width));
        this.query = Dense.of(w.query(), kernels);
        this.second = Dense.of(w.hidden2(), kernels);
        this.output = Dense.of(w.output(), kernels);
        Matrix first = w.hidden1().weight();
        int hidden1 = first.rows();
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
        perBehavior.vectors(facts, kernels.stride(width), steps, ((Scratch) scratch).behaviors);
    }

    @Override
    public void weights(
            float[] facts,
            int steps,
            Tile tile,
            float[] ads,
            float[] weights,
            Attention.Scratch scratch) {
        Scratch s = (Scratch) scratch;
        int factStride = kernels.stride(width);
        query.apply(tile, ads, s.query);
        kernels.prelu(s.query, width, tile, queryAlpha);
        perAd.apply(tile, s.query, s.ads);
        for (int t = 0; t < steps; t++) {
            kernels.multiply(s.query, facts, t * factStride, width, tile, s.pair);
            perPair.apply(tile, s.behaviors, t * perBehavior.stride(), s.pair, s.first);
            kernels.sigmoid(s.first, s.ads, perPair.rows(), tile);
            second.apply(tile, s.first, s.second);
            kernels.sigmoid(s.second, null, second.rows(), tile);
            output.apply(tile, s.second, s.score);
            tile.copy(s.score, output.stride(), 1, weights, t, kernels.stride(steps));
        }
        kernels.softmax(weights, steps, tile);
    }

    @Override
    public Attention.Scratch newScratch(int maxSteps) {
        int tile = kernels.largestTile();
        return new Scratch(
                new float[maxSteps * perBehavior.stride()],
                new float[query.stride() * tile],
                new float[perAd.stride() * tile],
                new float[query.stride() * tile],
                new float[perPair.stride() * tile],
                new float[second.stride() * tile],
                new float[output.stride() * tile]);
    }

    /**
     * @param behaviors (W_h - W_d) f_t + b1, [T, 80]
     * @param query q, F features
     * @param ads (W_q + W_d) q, 80 features
     * @param pair q * f_t, F features
     * @param first 80 features
     * @param second 40 features
     * @param score one feature
     */
    private record Scratch(
            float[] behaviors,
            float[] query,
            float[] ads,
            float[] pair,
            float[] first,
            float[] second,
            float[] score)
            implements Attention.Scratch {}
}
