package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.Facts;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.Tile;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.Weights;

/**
 * Attention of ads over the facts f_1..f_T of a history: a softmax over the T real positions (in
 * serving there is no padding).
 */
public interface Attention {
    /** The attention that {@code model.json} names. */
    static Attention of(ModelConfig config, Weights.Attention weights, Kernels kernels) {
        return weights.bilinear() != null
                ? new BilinearAttention(weights.bilinear(), kernels)
                : new MlpAttention(weights, config.factWidth(), kernels);
    }

    /** The half that does not depend on the ads, once per request. */
    void prepare(Facts facts, Scratch scratch);

    /**
     * The weights of one tile of ads over the facts given to {@link #prepare}.
     *
     * @param real candidates of the tile, the first ones; the others' lanes are as the last one's
     * @param ads e, D_a features
     * @param weights a_t, T features, written; each candidate's sum to 1
     */
    void weights(Facts facts, Tile tile, int real, float[] ads, float[] weights, Scratch scratch);

    Scratch newScratch(int maxSteps);

    /** What one thread needs; made by the attention that uses it. */
    interface Scratch {}
}
