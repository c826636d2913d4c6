package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.DenseWeights;
import io.dienstream.dien.kernel.Facts;
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
 * With W1 = [W_q, W_h, W_d, W_p] the first layer splits exactly: (W_h - W_d) f_t once per behavior,
 * (W_q + W_d) q + b1 once per ad, and W_p (q * f_t), the only part for each pair.
 *
 * <p>Every pair is scored for itself, so either side can be the candidates of a tile, whichever
 * fills the larger one: many ads, step after step; or, for few ads and many steps, the steps, ad
 * after ad, with the layer (W_h - W_d + W_p diag(q)) f_t of each ad.
 */
final class MlpAttention implements Attention {
    private final Kernels kernels;
    private final int width;
    private final float[] queryAlpha;

    /** Q, [F, D_a]. */
    private final Dense query;

    /** W_h - W_d, [80, F]; as all of W1 and W2 times {@link Kernels#GATE_FACTOR}. */
    private final Dense perBehavior;

    /** W_q + W_d with b1, [80, F]. */
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
        this.second = Dense.of(w.hidden2().scaled(Kernels.GATE_FACTOR), kernels);
        this.output = Dense.of(w.output(), kernels);
        Weights.Dense layer = w.hidden1().scaled(Kernels.GATE_FACTOR);
        Matrix first = layer.weight();
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
        this.perBehavior = new Dense(new Matrix(hidden1, width, behavior), null, kernels);
        this.perAd = new Dense(new Matrix(hidden1, width, ad), layer.bias(), kernels);
        this.perPair = new Dense(new Matrix(hidden1, width, pair), null, kernels);
    }

    /** Only forgets the request before: what is needed depends on the tiles of ads. */
    @Override
    public void prepare(Facts facts, Attention.Scratch scratch) {
        ((Scratch) scratch).isProjected = false;
        ((Scratch) scratch).isLaidOut = false;
    }

    @Override
    public void weights(
            Facts facts,
            Tile tile,
            int real,
            float[] ads,
            float[] weights,
            Attention.Scratch scratch) {
        Scratch s = (Scratch) scratch;
        int steps = facts.steps();
        query.apply(tile, ads, s.query);
        kernels.prelu(s.query, width, tile, queryAlpha);
        perAd.apply(tile, s.query, s.ads);
        if (kernels.tile(steps).candidates() > tile.candidates()) {
            layOut(facts, s);
            for (int n = 0; n < real; n++) {
                scoreAd(n, tile, steps, weights, s);
            }
            repeat(real - 1, tile, steps, weights);
        } else {
            project(facts, s);
            for (int t = 0; t < steps; t++) {
                scoreStep(t, facts, tile, s);
                tile.copy(s.score, output.stride(), 1, weights, t, kernels.stride(steps));
            }
        }
        kernels.softmax(weights, steps, tile);
    }

    private void project(Facts facts, Scratch s) {
        if (s.isProjected) {
            return;
        }
        perBehavior.vectors(facts.rows, facts.stride, facts.steps(), s.behaviors);
        s.isProjected = true;
    }

    /** Scores a tile of ads at one step. */
    private void scoreStep(int t, Facts facts, Tile ads, Scratch s) {
        kernels.multiply(s.query, facts.rows, t * facts.stride, width, ads, s.pair);
        perPair.apply(ads, s.behaviors, t * perBehavior.stride(), s.pair, s.first);
        kernels.gate(s.first, s.ads, perPair.rows(), ads);
        score(ads, s);
    }

    private void score(Tile pairs, Scratch s) {
        second.apply(pairs, s.first, s.second);
        kernels.gate(s.second, null, second.rows(), pairs);
        output.apply(pairs, s.second, s.score);
    }

    private void layOut(Facts facts, Scratch s) {
        if (s.isLaidOut) {
            return;
        }
        int steps = facts.steps();
        int stride = facts.stride;
        for (int from = 0, i = 0; from < steps; i++) {
            Tile tile = kernels.tile(steps - from);
            for (int k = 0; k < tile.candidates(); k++) {
                // lanes that no step needs repeat the last
                int fact = Math.min(from + k, steps - 1) * stride;
                for (int f = 0; f < width; f++) {
                    s.facts[i][tile.at(f, k, stride)] = facts.rows[fact + f];
                }
            }
            from += tile.candidates();
        }
        s.isLaidOut = true;
    }

    /** Scores one ad of a tile at all steps, a tile of steps at a time. */
    private void scoreAd(int n, Tile ads, int steps, float[] weights, Scratch s) {
        for (int f = 0; f < width; f++) {
            s.ad[f] = s.query[ads.at(f, n, query.stride())];
        }
        s.ofAd.sum(perBehavior.weights(), perPair.weights(), s.ad);
        for (int r = 0; r < perAd.rows(); r++) {
            s.bias[r] = s.ads[ads.at(r, n, perAd.stride())];
        }
        for (int from = 0, i = 0; from < steps; i++) {
            Tile tile = kernels.tile(steps - from);
            kernels.dense(s.ofAd, s.bias, 0, tile, s.facts[i], s.first);
            kernels.gate(s.first, null, perAd.rows(), tile);
            score(tile, s);
            for (int k = 0; k < tile.candidates() && from < steps; k++, from++) {
                int at = ads.at(from, n, kernels.stride(steps));
                weights[at] = s.score[tile.at(0, k, output.stride())];
            }
        }
    }

    /** For the lanes behind the last ad: the steps that may be left out are the whole tile's. */
    private void repeat(int last, Tile ads, int steps, float[] weights) {
        int stride = kernels.stride(steps);
        for (int n = last + 1; n < ads.candidates(); n++) {
            for (int t = 0; t < steps; t++) {
                weights[ads.at(t, n, stride)] = weights[ads.at(t, last, stride)];
            }
        }
    }

    @Override
    public Attention.Scratch newScratch(int maxSteps) {
        return new Scratch(this, maxSteps);
    }

    /** The most tiles that any number of steps has. */
    private int mostTiles(int maxSteps) {
        int most = 0;
        for (int steps = 1; steps <= maxSteps; steps++) {
            int tiles = 0;
            for (int left = steps; left > 0; left -= kernels.tile(left).candidates()) {
                tiles++;
            }
            most = Math.max(most, tiles);
        }
        return most;
    }

    private static final class Scratch implements Attention.Scratch {
        /** (W_h - W_d) f_t, [T, 80], if {@link #isProjected}. */
        final float[] behaviors;

        /** f_t, tiles of steps, if {@link #isLaidOut}. */
        final float[][] facts;

        /** q, F features. */
        final float[] query;

        /** (W_q + W_d) q + b1, 80 features. */
        final float[] ads;

        /** q * f_t, F features. */
        final float[] pair;

        /** 80 features. */
        final float[] first;

        /** 40 features. */
        final float[] second;

        /** One feature. */
        final float[] score;

        /** q of one ad, [F]. */
        final float[] ad;

        /** {@link #ads} of that ad, [80]. */
        final float[] bias;

        /** W_h - W_d + W_p diag(q) of that ad, [80, F]. */
        final DenseWeights ofAd;

        boolean isProjected;
        boolean isLaidOut;

        Scratch(MlpAttention a, int maxSteps) {
            int tile = a.kernels.largestTile();
            behaviors = new float[maxSteps * a.perBehavior.stride()];
            facts = new float[a.mostTiles(maxSteps)][a.kernels.stride(a.width) * tile];
            query = new float[a.query.stride() * tile];
            ads = new float[a.perAd.stride() * tile];
            pair = new float[a.query.stride() * tile];
            first = new float[a.perPair.stride() * tile];
            second = new float[a.second.stride() * tile];
            score = new float[a.output.stride() * tile];
            ad = new float[a.width];
            bias = new float[a.perAd.stride()];
            ofAd = new DenseWeights(a.perPair.rows(), a.width, a.perPair.stride());
        }
    }
}
