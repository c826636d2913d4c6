package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.Weights;

/**
 * A dense layer W x + b, for blocks of candidates (row-major weights) and for plain vectors
 * (transposed weights, so that outputs lie side by side).
 */
final class Dense {
    private final Kernels kernels;
    private final int rows;
    private final int cols;

    /** [rows, cols]. */
    private final float[] weight;

    /** [cols, rows]. */
    private final float[] transposed;

    /** [rows], or null. */
    private final float[] bias;

    Dense(Matrix weight, float[] bias, Kernels kernels) {
        this.kernels = kernels;
        this.rows = weight.rows();
        this.cols = weight.cols();
        this.weight = weight.data();
        this.bias = bias;
        this.transposed = new float[rows * cols];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                transposed[c * rows + r] = weight.get(r, c);
            }
        }
    }

    static Dense of(Weights.Dense dense, Kernels kernels) {
        return new Dense(dense.weight(), dense.bias(), kernels);
    }

    int rows() {
        return rows;
    }

    int cols() {
        return cols;
    }

    /** Of {@code count} consecutive vectors: x [count, cols], out [count, rows]. */
    void vectors(float[] x, int xOffset, int count, float[] out, int outOffset) {
        kernels.denseVectors(transposed, rows, cols, bias, x, xOffset, count, out, outOffset);
    }

    /** Of a block: x [cols, lanes], out [rows, lanes]. */
    void block(float[] x, int lanes, float[] out, int outOffset) {
        block(bias, 0, x, lanes, out, outOffset, false);
    }

    /** Of a block with another bias, added to what {@code out} holds. */
    void addTo(float[] otherBias, int biasOffset, float[] x, int lanes, float[] out) {
        block(otherBias, biasOffset, x, lanes, out, 0, true);
    }

    /** Of a block with another bias. */
    void withBias(float[] otherBias, float[] x, int lanes, float[] out, int outOffset) {
        block(otherBias, 0, x, lanes, out, outOffset, false);
    }

    private void block(
            float[] b,
            int bOffset,
            float[] x,
            int lanes,
            float[] out,
            int outOffset,
            boolean accumulate) {
        kernels.denseBlock(
                lanes == 1 ? transposed : weight,
                rows,
                cols,
                b,
                bOffset,
                x,
                lanes,
                out,
                outOffset,
                accumulate);
    }
}
