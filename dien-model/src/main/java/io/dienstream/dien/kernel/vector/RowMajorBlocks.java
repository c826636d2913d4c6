package io.dienstream.dien.kernel.vector;

import static io.dienstream.dien.kernel.vector.Registers.WIDTH;
import static io.dienstream.dien.kernel.vector.Registers.all;
import static io.dienstream.dien.kernel.vector.Registers.load;

import io.dienstream.dien.kernel.DenseWeights;
import jdk.incubator.vector.FloatVector;

/** The register blocks of {@link RowMajorMatMul}: vectors by registers of outputs. */
final class RowMajorBlocks {
    private RowMajorBlocks() {}

    /** Where there are 16 registers: the compiler broadcasts all four inputs at once. */
    static void fourByTwo(
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
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector c0 = a0;
        FloatVector c1 = a1;
        FloatVector d0 = a0;
        FloatVector d1 = a1;
        float[] wt = w.transposed;
        int stride = w.stride;
        for (int c = 0, k = r; c < w.cols; c++, k += stride) {
            FloatVector w0 = load(wt, k);
            FloatVector w1 = load(wt, k + WIDTH);
            FloatVector v = all(x[at + c]);
            a0 = v.fma(w0, a0);
            a1 = v.fma(w1, a1);
            v = all(x[at + xStride + c]);
            b0 = v.fma(w0, b0);
            b1 = v.fma(w1, b1);
            v = all(x[at + 2 * xStride + c]);
            c0 = v.fma(w0, c0);
            c1 = v.fma(w1, c1);
            v = all(x[at + 3 * xStride + c]);
            d0 = v.fma(w0, d0);
            d1 = v.fma(w1, d1);
        }
        a0.intoArray(out, o + r);
        a1.intoArray(out, o + r + WIDTH);
        b0.intoArray(out, o + stride + r);
        b1.intoArray(out, o + stride + r + WIDTH);
        c0.intoArray(out, o + 2 * stride + r);
        c1.intoArray(out, o + 2 * stride + r + WIDTH);
        d0.intoArray(out, o + 3 * stride + r);
        d1.intoArray(out, o + 3 * stride + r + WIDTH);
    }

    static void fourByThree(
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

    /** Where there are 32 registers. */
    static void fourByFour(
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
        FloatVector a3 = load(bias, b + r + 3 * WIDTH);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        FloatVector c0 = a0;
        FloatVector c1 = a1;
        FloatVector c2 = a2;
        FloatVector c3 = a3;
        FloatVector d0 = a0;
        FloatVector d1 = a1;
        FloatVector d2 = a2;
        FloatVector d3 = a3;
        float[] wt = w.transposed;
        int stride = w.stride;
        for (int c = 0, k = r; c < w.cols; c++, k += stride) {
            FloatVector w0 = load(wt, k);
            FloatVector w1 = load(wt, k + WIDTH);
            FloatVector w2 = load(wt, k + 2 * WIDTH);
            FloatVector w3 = load(wt, k + 3 * WIDTH);
            FloatVector v = all(x[at + c]);
            a0 = v.fma(w0, a0);
            a1 = v.fma(w1, a1);
            a2 = v.fma(w2, a2);
            a3 = v.fma(w3, a3);
            v = all(x[at + xStride + c]);
            b0 = v.fma(w0, b0);
            b1 = v.fma(w1, b1);
            b2 = v.fma(w2, b2);
            b3 = v.fma(w3, b3);
            v = all(x[at + 2 * xStride + c]);
            c0 = v.fma(w0, c0);
            c1 = v.fma(w1, c1);
            c2 = v.fma(w2, c2);
            c3 = v.fma(w3, c3);
            v = all(x[at + 3 * xStride + c]);
            d0 = v.fma(w0, d0);
            d1 = v.fma(w1, d1);
            d2 = v.fma(w2, d2);
            d3 = v.fma(w3, d3);
        }
        store(a0, a1, a2, out, o + r);
        a3.intoArray(out, o + r + 3 * WIDTH);
        store(b0, b1, b2, out, o + stride + r);
        b3.intoArray(out, o + stride + r + 3 * WIDTH);
        store(c0, c1, c2, out, o + 2 * stride + r);
        c3.intoArray(out, o + 2 * stride + r + 3 * WIDTH);
        store(d0, d1, d2, out, o + 3 * stride + r);
        d3.intoArray(out, o + 3 * stride + r + 3 * WIDTH);
    }

    static void fourByOne(
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

    static void oneBySeven(
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

    static void oneBySix(
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

    static void oneByThree(
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

    static void oneByOne(
            DenseWeights w, float[] bias, int b, float[] x, int at, float[] out, int o, int r) {
        FloatVector a = load(bias, b + r);
        for (int c = 0, k = r; c < w.cols; c++, k += w.stride) {
            a = all(x[at + c]).fma(load(w.transposed, k), a);
        }
        a.intoArray(out, o + r);
    }
}
