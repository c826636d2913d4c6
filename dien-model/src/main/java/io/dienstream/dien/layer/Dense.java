package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.DenseWeights;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.Tile;
import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.Weights;
import java.util.Arrays;

/** A dense layer W x + b. */
final class Dense {
    private final Kernels kernels;
    private final DenseWeights weights;

    /** [stride]. */
    private final float[] bias;

    /**
     * @param bias [rows], or null for none
     */
    Dense(Matrix weight, float[] bias, Kernels kernels) {
        this.kernels = kernels;
        this.weights = new DenseWeights(weight, kernels.stride(weight.rows()));
        this.bias = bias == null ? new float[weights.stride] : Arrays.copyOf(bias, weights.stride);
    }

    static Dense of(Weights.Dense dense, Kernels kernels) {
        return new Dense(dense.weight(), dense.bias(), kernels);
    }

    DenseWeights weights() {
        return weights;
    }

    int rows() {
        return weights.rows;
    }

    int cols() {
        return weights.cols;
    }

    /** Of the outputs of vectors. */
    int stride() {
        return weights.stride;
    }

    /** Of {@code count} vectors: x [count, xStride], out [count, stride]. */
    void vectors(float[] x, int xStride, int count, float[] out) {
        kernels.denseVectors(weights, bias, 0, x, 0, xStride, count, out);
    }

    /** Of a tile: cols features to rows features. */
    void apply(Tile tile, float[] x, float[] out) {
        kernels.dense(weights, bias, 0, tile, x, out);
    }

    /** Of a tile with another bias, [stride] at {@code biasOffset}. */
    void apply(Tile tile, float[] otherBias, int biasOffset, float[] x, float[] out) {
        kernels.dense(weights, otherBias, biasOffset, tile, x, out);
    }
}
