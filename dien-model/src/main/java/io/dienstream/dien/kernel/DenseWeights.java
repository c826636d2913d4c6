package io.dienstream.dien.kernel;

import io.dienstream.dien.model.Matrix;

/**
 * The weights of a dense layer as kernels want them: in blocks of rows for candidates as lanes, and
 * transposed, with rows padded by zeros to a stride, for vectors.
 */
public final class DenseWeights {
    /** Rows of a block. */
    static final int BLOCK = 6;

    /** Outputs. */
    public final int rows;

    /** Inputs. */
    public final int cols;

    /** Of the outputs of vectors. */
    public final int stride;

    /** [rows, cols]. */
    final float[] byRow;

    /**
     * [blocks, cols, BLOCK]: each block's column of weights side by side. The last block is of the
     * last rows, so it may hold some of the block before; without as many rows there is none.
     */
    final float[] blocks;

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
        this.blocks = blocks();
        this.transposed = new float[cols * stride];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                transposed[c * stride + r] = weight.get(r, c);
            }
        }
    }

    private float[] blocks() {
        if (rows < BLOCK) {
            return new float[0];
        }
        int count = (rows + BLOCK - 1) / BLOCK;
        float[] blocks = new float[count * cols * BLOCK];
        for (int at = 0; at < blocks.length; at++) {
            int first = Math.min(at / (cols * BLOCK) * BLOCK, rows - BLOCK);
            blocks[at] = byRow[(first + at % BLOCK) * cols + at / BLOCK % cols];
        }
        return blocks;
    }
}
