package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * Matrix products of plain vectors: [count, cols] times [cols, rows], outputs are the register's
 * lanes and inputs are broadcast. In register blocks ({@link UnitBlocks}) of 4 vectors and 3 or 4
 * registers of outputs, or of one vector and 7, 6 or 3: three gates of 36 units are 7 registers of
 * 16 lanes. Each output runs over the inputs in order, whatever block it is in.
 */
final class UnitProducts {
    private static final int WIDTH = FloatVector.SPECIES_PREFERRED.length();

    private static final int FOUR_BY_THREE = 0;
    private static final int FOUR_BY_ONE = 1;
    private static final int ONE_BY_SEVEN = 2;
    private static final int ONE_BY_SIX = 3;
    private static final int ONE_BY_THREE = 4;
    private static final int ONE_BY_ONE = 5;
    private static final int FOUR_BY_FOUR = 6;

    /** Whether 16 accumulators and what they are made of fit the registers: as in AVX-512. */
    private static final boolean FOURS = WIDTH >= 16;

    private static final Block[] BLOCKS = {
        UnitBlocks::fourByThree,
        UnitBlocks::fourByOne,
        (w, bias, b, x, at, xStride, out, o, r) ->
                UnitBlocks.oneBySeven(w, bias, b, x, at, out, o, r),
        (w, bias, b, x, at, xStride, out, o, r) ->
                UnitBlocks.oneBySix(w, bias, b, x, at, out, o, r),
        (w, bias, b, x, at, xStride, out, o, r) ->
                UnitBlocks.oneByThree(w, bias, b, x, at, out, o, r),
        (w, bias, b, x, at, xStride, out, o, r) ->
                UnitBlocks.oneByOne(w, bias, b, x, at, out, o, r),
        UnitBlocks::fourByFour
    };

    private UnitProducts() {}

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
        for (; n + 4 <= count; n += 4) {
            int at = xOffset + n * xStride;
            int o = n * w.stride;
            int r = 0;
            for (; FOURS && isFour((w.stride - r) / WIDTH); r += 4 * WIDTH) {
                run(FOUR_BY_FOUR, w, bias, biasOffset, x, at, xStride, out, o, r);
            }
            for (; r + 3 * WIDTH <= w.stride; r += 3 * WIDTH) {
                run(FOUR_BY_THREE, w, bias, biasOffset, x, at, xStride, out, o, r);
            }
            for (; r < w.stride; r += WIDTH) {
                run(FOUR_BY_ONE, w, bias, biasOffset, x, at, xStride, out, o, r);
            }
        }
        for (; n < count; n++) {
            int at = xOffset + n * xStride;
            int o = n * w.stride;
            int r = 0;
            for (; (w.stride - r) % (7 * WIDTH) == 0 && r < w.stride; r += 7 * WIDTH) {
                run(ONE_BY_SEVEN, w, bias, biasOffset, x, at, xStride, out, o, r);
            }
            for (; r + 6 * WIDTH <= w.stride; r += 6 * WIDTH) {
                run(ONE_BY_SIX, w, bias, biasOffset, x, at, xStride, out, o, r);
            }
            for (; r + 3 * WIDTH <= w.stride; r += 3 * WIDTH) {
                run(ONE_BY_THREE, w, bias, biasOffset, x, at, xStride, out, o, r);
            }
            for (; r < w.stride; r += WIDTH) {
                run(ONE_BY_ONE, w, bias, biasOffset, x, at, xStride, out, o, r);
            }
        }
    }

    /** Whether of so many registers the next are four: so that threes, or nothing, are left. */
    private static boolean isFour(int registers) {
        return registers >= 4 && registers % 3 != 0;
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

    /** By number from one place, for the reason of {@link VectorLoop}. */
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
