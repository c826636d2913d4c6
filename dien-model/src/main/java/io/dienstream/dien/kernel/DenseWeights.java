package io.dienstream.dien.kernel;

import io.dienstream.dien.model.Matrix;

/**
 * The weights of a dense layer as kernels want them: by rows for candidates as lanes, and
 * transposed, with rows padded by zeros to a stride, for vectors.
 */
public final class DenseWeights {
    /** Outputs. */
    public final int rows;

    /** Inputs. */
    public final int cols;

    /** Of the outputs of vectors. */
    public final int stride;

    /** [rows, cols]. */
    final float[] byRow;

    /** [cols, stride]. */
    final float[] transposed;

    /**
     * @param stride of {@link Kernels#stride} for the rows
     */
    public DenseWeights(Matrix weight, int stride) {
        this.rows = weight.rows();
        this.cols = weight.cols();
        this.stride = stride;
        this.byRow = weight.data();
        this.transposed = new float[cols * stride];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                transposed[c * stride + r] = weight.get(r, c);
            }
        }
    }
}
