package io.dienstream.dien.kernel;

/**
 * The arithmetic that scoring spends its time in. Arrays are flat; a block of vectors is stored
 * feature by feature, [features, lanes], so that lane l of feature f is {@code x[f * lanes + l]}
 * and each lane is one candidate. With {@code lanes = 1} a block is a plain vector.
 *
 * <p>Implementations are stateless and thread safe, never allocate, and check nothing: shapes are
 * checked once where a {@code Scorer} is built. Lanes never influence each other, and a lane's
 * result does not depend on how often or in which company it is computed.
 */
public interface Kernels {
    /** For logs: which implementation and how wide. */
    String describe();

    /**
     * A dense layer on plain vectors: out[n] = W x[n] + bias for n in 0..count. The result of one
     * vector is the same bits whatever {@code count} is.
     *
     * @param transposed W', [cols, rows]
     * @param bias [rows], or null for none
     * @param x [count, cols] at {@code xOffset}
     * @param out [count, rows] at {@code outOffset}
     */
    void denseVectors(
            float[] transposed,
            int rows,
            int cols,
            float[] bias,
            float[] x,
            int xOffset,
            int count,
            float[] out,
            int outOffset);

    /**
     * A dense layer on a block: out = W x + bias, or out += W x + bias.
     *
     * @param w [rows, cols], but with one lane its transpose [cols, rows]
     * @param bias [rows] at {@code biasOffset}, or null for none
     * @param x [cols, lanes]
     * @param out [rows, lanes] at {@code outOffset}
     */
    void denseBlock(
            float[] w,
            int rows,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int lanes,
            float[] out,
            int outOffset,
            boolean accumulate);

    /** out[t, l] = facts[t] . query[., l]: facts [steps, width], query [width, lanes]. */
    void scores(float[] facts, int steps, int width, float[] query, int lanes, float[] out);

    /**
     * One recurrent step in place, from the projections: u = s(i_u + r_u), r = s(i_r + r_r), c =
     * tanh(i_c + r * r_c), state += u' * (c - state), where u' is u under the gate.
     *
     * @param input W y_t without bias, [3H] at {@code inputOffset}, the same for every lane
     * @param bias [3H]
     * @param recurrent U g, [3H, lanes]
     * @param attention a_t, [lanes] at {@code attentionOffset}; ignored by {@link Gate#PLAIN}
     * @param state g, [H, lanes], read and written
     */
    void gatedStep(
            Gate gate,
            int hidden,
            int lanes,
            float[] input,
            int inputOffset,
            float[] bias,
            float[] recurrent,
            float[] attention,
            int attentionOffset,
            float[] state);

    /** Softmax down each column of {@code x} [steps, lanes], in place. */
    void softmaxColumns(float[] x, int steps, int lanes);

    /** out = sum over t of weights[t] * facts[t]: facts [steps, width], weights [steps, lanes]. */
    void weightedSum(float[] facts, int steps, int width, float[] weights, int lanes, float[] out);

    /**
     * out[f, l] = q[f, l] * fact[f]: fact [width] at {@code factOffset}, q and out [width, lanes].
     */
    void scaleRows(float[] q, float[] fact, int factOffset, int width, int lanes, float[] out);

    /** Logistic sigmoid in place on {@code n} numbers. */
    void sigmoid(float[] x, int n);

    /** max(0, x) + alpha min(0, x) in place: x [rows, lanes], alpha [rows]. */
    void prelu(float[] x, int rows, int lanes, float[] alpha);

    /**
     * Dice in place: p = s((x - mean) * inverseDeviation); x = p x + (1 - p) alpha x.
     *
     * @param x [rows, lanes]; the others [rows]
     */
    void dice(
            float[] x, int rows, int lanes, float[] alpha, float[] mean, float[] inverseDeviation);
}
