package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix products of plain vectors: [count, cols] times [cols, rows], outputs are the register's
 * lanes and inputs are broadcast. In register blocks of 4 vectors and 3 registers of outputs, or of
 * one vector and 7, 6 or 3: three gates of 36 units are 7 registers of 16 lanes. Each output runs
 * over the inputs in order, whatever block it is in.
 */
final class UnitProducts {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = SPECIES.length();

    private static final int FOUR_BY_THREE = 0;
    private static final int FOUR_BY_ONE = 1;
    private static final int ONE_BY_SEVEN = 2;
    private static final int ONE_BY_SIX = 3;
    private static final int ONE_BY_THREE = 4;
    private static final int ONE_BY_ONE = 5;
    private static final Block[] BLOCKS = {
        UnitProducts::fourByThree,
        UnitProducts::fourByOne,
        (w, bias, b, x, at, xStride, out, o, r) -> oneBySeven(w, bias, b, x, at, out, o, r),
        (w, bias, b, x, at, xStride, out, o, r) -> oneBySix(w, bias, b, x, at, out, o, r),
        (w, bias, b, x, at, xStride, out, o, r) -> oneByThree(w, bias, b, x, at, out, o, r),
        (w, bias, b, x, at, xStride, out, o, r) -> oneByOne(w, bias, b, x, at, out, o, r)
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

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    private static void fourByThree(
            DenseWeights w,
            float[] bias,
            int b,
            float[] x,
            int at,
            int xStride,
            float[] out,
            int o,
            int r) {
        FloatVector a0 = load(bias, b + r);
        FloatVector a1 = load(bias, b + r + WIDTH);
        FloatVector a2 = load(bias, b + r + 2 * WIDTH);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector c0 = a0;
        FloatVector c1 = a1;
        FloatVector c2 = a2;
        FloatVector d0 = a0;
        FloatVector d1 = a1;
        FloatVector d2 = a2;
        float[] wt = w.transposed;
        int stride = w.stride;
        for (int c = 0, k = r; c < w.cols; c++, k += stride) {
            FloatVector w0 = load(wt, k);
            FloatVector w1 = load(wt, k + WIDTH);
            FloatVector w2 = load(wt, k + 2 * WIDTH);
            FloatVector v = all(x[at + c]);
            a0 = v.fma(w0, a0);
            a1 = v.fma(w1, a1);
            a2 = v.fma(w2, a2);
            v = all(x[at + xStride + c]);
            b0 = v.fma(w0, b0);
            b1 = v.fma(w1, b1);
            b2 = v.fma(w2, b2);
            v = all(x[at + 2 * xStride + c]);
            c0 = v.fma(w0, c0);
            c1 = v.fma(w1, c1);
            c2 = v.fma(w2, c2);
            v = all(x[at + 3 * xStride + c]);
            d0 = v.fma(w0, d0);
            d1 = v.fma(w1, d1);
            d2 = v.fma(w2, d2);
        }
        store(a0, a1, a2, out, o + r);
        store(b0, b1, b2, out, o + stride + r);
        store(c0, c1, c2, out, o + 2 * stride + r);
        store(d0, d1, d2, out, o + 3 * stride + r);
    }

    private static void store(FloatVector a, FloatVector b, FloatVector c, float[] out, int at) {
        a.intoArray(out, at);
        b.intoArray(out, at + WIDTH);
        c.intoArray(out, at + 2 * WIDTH);
    }

    private static void fourByOne(
            DenseWeights w,
            float[] bias,
            int b,
            float[] x,
            int at,
            int xStride,
            float[] out,
            int o,
            int r) {
        FloatVector a0 = load(bias, b + r);
        FloatVector b0 = a0;
        FloatVector c0 = a0;
        FloatVector d0 = a0;
        int stride = w.stride;
        for (int c = 0, k = r; c < w.cols; c++, k += stride) {
            FloatVector w0 = load(w.transposed, k);
            a0 = w0.fma(all(x[at + c]), a0);
            b0 = w0.fma(all(x[at + xStride + c]), b0);
            c0 = w0.fma(all(x[at + 2 * xStride + c]), c0);
            d0 = w0.fma(all(x[at + 3 * xStride + c]), d0);
        }
        a0.intoArray(out, o + r);
        b0.intoArray(out, o + stride + r);
        c0.intoArray(out, o + 2 * stride + r);
        d0.intoArray(out, o + 3 * stride + r);
    }

    private static void oneBySeven(
            DenseWeights w, float[] bias, int b, float[] x, int at, float[] out, int o, int r) {
        FloatVector a0 = load(bias, b + r);
        FloatVector a1 = load(bias, b + r + WIDTH);
        FloatVector a2 = load(bias, b + r + 2 * WIDTH);
        FloatVector a3 = load(bias, b + r + 3 * WIDTH);
        FloatVector a4 = load(bias, b + r + 4 * WIDTH);
        FloatVector a5 = load(bias, b + r + 5 * WIDTH);
        FloatVector a6 = load(bias, b + r + 6 * WIDTH);
        float[] wt = w.transposed;
        for (int c = 0, k = r; c < w.cols; c++, k += w.stride) {
            FloatVector v = all(x[at + c]);
            a0 = v.fma(load(wt, k), a0);
            a1 = v.fma(load(wt, k + WIDTH), a1);
            a2 = v.fma(load(wt, k + 2 * WIDTH), a2);
            a3 = v.fma(load(wt, k + 3 * WIDTH), a3);
            a4 = v.fma(load(wt, k + 4 * WIDTH), a4);
            a5 = v.fma(load(wt, k + 5 * WIDTH), a5);
            a6 = v.fma(load(wt, k + 6 * WIDTH), a6);
        }
        store(a0, a1, a2, out, o + r);
        store(a3, a4, a5, out, o + r + 3 * WIDTH);
        a6.intoArray(out, o + r + 6 * WIDTH);
    }

    private static void oneBySix(
            DenseWeights w, float[] bias, int b, float[] x, int at, float[] out, int o, int r) {
        FloatVector a0 = load(bias, b + r);
        FloatVector a1 = load(bias, b + r + WIDTH);
        FloatVector a2 = load(bias, b + r + 2 * WIDTH);
        FloatVector a3 = load(bias, b + r + 3 * WIDTH);
        FloatVector a4 = load(bias, b + r + 4 * WIDTH);
        FloatVector a5 = load(bias, b + r + 5 * WIDTH);
        float[] wt = w.transposed;
        for (int c = 0, k = r; c < w.cols; c++, k += w.stride) {
            FloatVector v = all(x[at + c]);
            a0 = v.fma(load(wt, k), a0);
            a1 = v.fma(load(wt, k + WIDTH), a1);
            a2 = v.fma(load(wt, k + 2 * WIDTH), a2);
            a3 = v.fma(load(wt, k + 3 * WIDTH), a3);
            a4 = v.fma(load(wt, k + 4 * WIDTH), a4);
            a5 = v.fma(load(wt, k + 5 * WIDTH), a5);
        }
        store(a0, a1, a2, out, o + r);
        store(a3, a4, a5, out, o + r + 3 * WIDTH);
    }

    private static void oneByThree(
            DenseWeights w, float[] bias, int b, float[] x, int at, float[] out, int o, int r) {
        FloatVector a0 = load(bias, b + r);
        FloatVector a1 = load(bias, b + r + WIDTH);
        FloatVector a2 = load(bias, b + r + 2 * WIDTH);
        float[] wt = w.transposed;
        for (int c = 0, k = r; c < w.cols; c++, k += w.stride) {
            FloatVector v = all(x[at + c]);
            a0 = v.fma(load(wt, k), a0);
            a1 = v.fma(load(wt, k + WIDTH), a1);
            a2 = v.fma(load(wt, k + 2 * WIDTH), a2);
        }
        store(a0, a1, a2, out, o + r);
    }

    private static void oneByOne(
            DenseWeights w, float[] bias, int b, float[] x, int at, float[] out, int o, int r) {
        FloatVector a = load(bias, b + r);
        for (int c = 0, k = r; c < w.cols; c++, k += w.stride) {
            a = all(x[at + c]).fma(load(w.transposed, k), a);
        }
        a.intoArray(out, o + r);
    }
}
