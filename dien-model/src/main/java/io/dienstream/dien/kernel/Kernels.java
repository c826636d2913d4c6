package io.dienstream.dien.kernel;

/**
 * The arithmetic that scoring spends its time in. Arrays are flat; those of candidates lie as their
 * {@link Tile} says, with features padded to {@link #stride} where candidates are vectors. What
 * lies in the padding is never read into a result, and finite but for a recurrent state's.
 *
 * <p>Implementations are stateless and thread safe, never allocate, and check nothing: shapes are
 * checked once where a {@code Scorer} is built. Candidates never influence each other.
 */
public interface Kernels {
    /** -log2 e: a sigmoid s(x) is 1 / (1 + 2^(GATE_FACTOR x)), and weights hold the factor. */
    double GATE_FACTOR = -1 / Math.log(2);

    /** For logs: which implementation and how wide. */
    String describe();

    /** Numbers of a vector register: arrays are padded to multiples of it. */
    int width();

    /** The padded number of features. */
    default int stride(int features) {
        return padded(features, width());
    }

    /** The next multiple of a register's width. */
    static int padded(int features, int width) {
        return (features + width - 1) / width * width;
    }

    /** The tile to work on next where {@code remaining} candidates, at least one, are left. */
    Tile tile(int remaining);

    /** The most candidates a tile of {@link #tile} has. */
    int largestTile();

    /**
     * A dense layer on plain vectors: out[n] = W x[n] + bias for n in 0..count. The result of one
     * vector is the same bits whatever {@code count} is.
     *
     * @param bias [stride] at {@code biasOffset}
     * @param x [count, xStride] at {@code xOffset}
     * @param out [count, stride]
     */
    void denseVectors(
            DenseWeights w,
            float[] bias,
            int biasOffset,
            float[] x,
            int xOffset,
            int xStride,
            int count,
            float[] out);

    /**
     * A dense layer on a tile: out = W x + bias.
     *
     * @param bias [stride] at {@code biasOffset}
     * @param x cols features, at a stride of {@link #stride}
     * @param out rows features
     */
    void dense(DenseWeights w, float[] bias, int biasOffset, Tile tile, float[] x, float[] out);

    /**
     * out[t, n] = facts[t] . query[n].
     *
     * @param query width features, zeros in the padding
     * @param out steps features
     */
    void scores(Facts facts, Tile tile, float[] query, float[] out);

    /**
     * One recurrent step. With y the projections and U g in the scale of {@link RecurrentWeights}:
     * u = 1 / (1 + 2^y_u), r = 1 / (1 + 2^y_r), c = (1 - 2^y_c) / (1 + 2^y_c) with y_c = i_c + r *
     * (U_c g); next = g + u' * (c - g), where u' is u under the gate.
     *
     * @param state g, H features, read and written; what is in its padding means nothing
     * @param scratch of {@link #stepScratch}; whatever is in it
     */
    void step(StepInput input, Tile tile, float[] state, float[] scratch);

    /** Numbers that the scratch of a {@link #step} has for a tile of {@code candidates}. */
    int stepScratch(RecurrentWeights w, int candidates);

    /** Softmax over the {@code steps} features of each candidate, in place; zeros the padding. */
    void softmax(float[] x, int steps, Tile tile);

    /**
     * out = sum over t of weights[t] * facts[t].
     *
     * @param weights steps features
     * @param out width features
     */
    void weightedSum(Facts facts, Tile tile, float[] weights, float[] out);

    /**
     * out = q * fact, elementwise.
     *
     * @param fact [stride of width] at {@code factOffset}, the same for all candidates
     */
    void multiply(float[] q, float[] fact, int factOffset, int width, Tile tile, float[] out);

    /**
     * x = 1 / (1 + 2^(x + added)) in place.
     *
     * @param x {@code features} features
     * @param added as {@code x}, or null for nothing
     */
    void gate(float[] x, float[] added, int features, Tile tile);

    /**
     * max(0, x) + alpha min(0, x) in place.
     *
     * @param x {@code features} features
     * @param alpha [stride of features]
     */
    void prelu(float[] x, int features, Tile tile, float[] alpha);

    /**
     * {@link Dice} in place.
     *
     * @param x {@code features} features
     */
    void dice(float[] x, int features, Tile tile, Dice dice);
}
