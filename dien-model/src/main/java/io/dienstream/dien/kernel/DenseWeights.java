package io.dienstream.dien.kernel;

import io.dienstream.dien.model.Matrix;

/**
 * The weights of a dense layer as kernels want them: the weights of one input side by side, and
 * padded.
 */
public final class DenseWeights {
    /** Outputs. */
    public final int rows;

    /** Inputs. */
    public final int cols;

    /** Of the outputs of vectors. */
    public final int stride;

    /** [cols, stride], zeros in the padding. */
    public final float[] transposed;

    /**
     * @param stride of {@link Kernels#stride} for the rows
     */
    public DenseWeights(Matrix weight, int stride) {
        this(weight.rows(), weight.cols(), stride);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                transposed[c * stride + r] = weight.get(r, c);
            }
        }
    }

    /** Zeros, for {@link #sum}. */
    public DenseWeights(int rows, int cols, int stride) {
        this.rows = rows;
        this.cols = cols;
        this.stride = stride;
        this.transposed = new float[cols * stride];
    }

    /**
     * Becomes a + b diag(scale), all of one shape. For a thread's own weights: those of a model are
     * shared and stay as they are.
     *
     * @param scale [cols]
     */
    public void sum(DenseWeights a, DenseWeights b, float[] scale) {
        for (int c = 0; c < cols; c++) {
            float factor = scale[c];
            for (int at = c * stride; at < (c + 1) * stride; at++) {
                transposed[at] = a.transposed[at] + b.transposed[at] * factor;
            }
        }
    }
}
