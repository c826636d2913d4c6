package io.dienstream.dien.kernel.vector;

import static io.dienstream.dien.kernel.vector.Registers.MANY_REGISTERS;
import static io.dienstream.dien.kernel.vector.Registers.WIDTH;

import io.dienstream.dien.kernel.DenseWeights;
import io.dienstream.dien.kernel.Kernels;

/**
 * Matrix products of plain vectors: [count, cols] times [cols, rows], outputs are the register's
 * lanes and inputs are broadcast. In register blocks ({@link RowMajorBlocks}) of four vectors and
 * up to 4 registers of outputs, 2 where there are 16 registers in all, or of one vector and 7, 6, 3
 * or 1: three gates of 36 units are 7 registers of 16 lanes. Each output runs over the inputs in
 * order, whatever block it is in.
 */
final class RowMajorMatMul {
    private static final int FOUR_BY_ONE = 0;
    private static final int FOUR_BY_TWO = 1;
    private static final int FOUR_BY_THREE = 2;
    private static final int FOUR_BY_FOUR = 3;
    private static final int ONE_BY_ONE = 4;
    private static final int ONE_BY_THREE = 5;
    private static final int ONE_BY_SIX = 6;
    private static final int ONE_BY_SEVEN = 7;
    private static final Block[] BLOCKS = {
        RowMajorBlocks::fourByOne,
        RowMajorBlocks::fourByTwo,
        RowMajorBlocks::fourByThree,
        RowMajorBlocks::fourByFour,
        (w, bias, b, x, at, xStride, out, o, r) ->
                RowMajorBlocks.oneByOne(w, bias, b, x, at, out, o, r),
        (w, bias, b, x, at, xStride, out, o, r) ->
                RowMajorBlocks.oneByThree(w, bias, b, x, at, out, o, r),
        (w, bias, b, x, at, xStride, out, o, r) ->
                RowMajorBlocks.oneBySix(w, bias, b, x, at, out, o, r),
        (w, bias, b, x, at, xStride, out, o, r) ->
                RowMajorBlocks.oneBySeven(w, bias, b, x, at, out, o, r)
    };

    /** Registers of outputs of each block. */
    private static final int[] REGISTERS = {1, 2, 3, 4, 1, 3, 6, 7};

    private RowMajorMatMul() {}

    /** As {@link Kernels#denseVectors}. */
    static void dense(
            DenseWeights w,
            float[] bias,
            int biasOffset,
            float[] x,
            int xOffset,
            int xStride,
            int count,
            float[] out) {
        int n = 0;
        while (n < count) {
            boolean four = n + 4 <= count;
            int at = xOffset + n * xStride;
            int o = n * w.stride;
            int r = 0;
            while (r < w.stride) {
                int left = (w.stride - r) / WIDTH;
                int block = four ? ofFour(left) : ofOne(left);
                run(block, w, bias, biasOffset, x, at, xStride, out, o, r);
                r += REGISTERS[block] * WIDTH;
            }
            n += four ? 4 : 1;
        }
    }

    /** The next block of four vectors where {@code left} registers of outputs are left. */
    private static int ofFour(int left) {
        if (!MANY_REGISTERS) {
            return left >= 2 ? FOUR_BY_TWO : FOUR_BY_ONE;
        }
        if (left >= 4 && left % 3 != 0) {
            return FOUR_BY_FOUR; // until threes, or nothing, are left
        }
        return left >= 3 ? FOUR_BY_THREE : left == 2 ? FOUR_BY_TWO : FOUR_BY_ONE;
    }

    /** The same of one vector. */
    private static int ofOne(int left) {
        if (left % 7 == 0) {
            return ONE_BY_SEVEN;
        }
        return left >= 6 ? ONE_BY_SIX : left >= 3 ? ONE_BY_THREE : ONE_BY_ONE;
    }

    /** A register block: vectors from {@code x[at]}, outputs from row r, to {@code out[o + r]}. */
    @FunctionalInterface
    private interface Block {
        void apply(
                DenseWeights w,
                float[] bias,
                int b,
                float[] x,
                int at,
                int xStride,
                float[] out,
                int o,
                int r);
    }

    /**
     * By number from one place where eight kinds come by, for the reason of {@link JitBoundary}.
     */
    private static void run(
            int block,
            DenseWeights w,
            float[] bias,
            int b,
            float[] x,
            int at,
            int xStride,
            float[] out,
            int o,
            int r) {
        BLOCKS[block].apply(w, bias, b, x, at, xStride, out, o, r);
    }
}
