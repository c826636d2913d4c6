package io.dienstream.dien.kernel.vector;

import static io.dienstream.dien.kernel.vector.Registers.MANY_REGISTERS;
import static io.dienstream.dien.kernel.vector.Registers.WIDTH;
import static io.dienstream.dien.kernel.vector.Registers.all;
import static io.dienstream.dien.kernel.vector.Registers.load;

import io.dienstream.dien.kernel.DenseWeights;
import io.dienstream.dien.kernel.Tile;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Matrix products where candidates are lanes: [rows, cols] times [cols, lanes], weights broadcast.
 * Register blocks of 12 accumulators hide the latency of multiply-add and fit the 16 registers of
 * AVX2: 6 or 5 rows and two registers of lanes, or 12 rows and one. The weights of a block's rows
 * lie side by side ({@link DenseWeights#transposed}), so that one index leads to them: an index and
 * a range check for each row were a fifth of the time. Layers of fewer outputs than a block has go
 * row by row. Each output runs over the inputs in order, whatever block it is in.
 */
final class LaneMajorMatMul {
    private static final int FIVE = 5;
    private static final int SIX = 6;
    private static final int TWELVE = 12;
    private static final JitBoundary.Loop<DenseWeights> FEW_ROWS =
            JitBoundary.register(new FewRows());

    private LaneMajorMatMul() {}

    /**
     * @param bias [rows] at {@code biasOffset}
     * @param x [cols, lanes]
     * @param tile of lanes, one register of them or two
     * @param out [rows, lanes]
     */
    static void dense(
            DenseWeights w, float[] bias, int biasOffset, Tile tile, float[] x, float[] out) {
        int lanes = tile.candidates();
        boolean two = lanes > WIDTH;
        if (w.rows < (two ? SIX : TWELVE)) {
            fewRows(w, bias, biasOffset, tile, x, out);
            return;
        }
        // the last block may begin within the one before: the same numbers are computed again
        if (!two) {
            for (int r = 0; r < w.rows; r += TWELVE) {
                twelveRows(w, r, bias, biasOffset, x, lanes, out);
            }
            return;
        }
        int r = 0;
        for (int end = FIVE * fives(w.rows); r < end; r += FIVE) {
            fiveRows(w, r, bias, biasOffset, x, lanes, out);
        }
        for (; r < w.rows; r += SIX) {
            sixRows(w, r, bias, biasOffset, x, lanes, out);
        }
    }

    /**
     * How many blocks of five rows come before those of six, so that nothing is left: of 32
     * registers as few as can be, of 16 as many, since the compiler broadcasts three weights at
     * once and then has no register for two of 12 accumulators.
     */
    private static int fives(int rows) {
        int fives = MANY_REGISTERS ? (SIX - rows % SIX) % SIX : (rows - SIX * (rows % FIVE)) / FIVE;
        return FIVE * fives <= rows ? Math.max(0, fives) : 0;
    }

    private static void sixRows(
            DenseWeights weights,
            int row,
            float[] bias,
            int biasOffset,
            float[] x,
            int lanes,
            float[] out) {
        int r = Math.min(row, weights.rows - SIX);
        int b = biasOffset + r;
        FloatVector a0 = all(bias[b]);
        FloatVector a1 = all(bias[b + 1]);
        FloatVector a2 = all(bias[b + 2]);
        FloatVector a3 = all(bias[b + 3]);
        FloatVector a4 = all(bias[b + 4]);
        FloatVector a5 = all(bias[b + 5]);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        FloatVector b4 = a4;
        FloatVector b5 = a5;
        float[] w = weights.transposed;
        int stride = weights.stride;
        for (int c = 0, at = 0, k = r; c < weights.cols; c++, at += lanes, k += stride) {
            FloatVector x0 = load(x, at);
            FloatVector x1 = load(x, at + WIDTH);
            FloatVector w0 = all(w[k]);
            a0 = w0.fma(x0, a0);
            b0 = w0.fma(x1, b0);
            FloatVector w1 = all(w[k + 1]);
            a1 = w1.fma(x0, a1);
            b1 = w1.fma(x1, b1);
            FloatVector w2 = all(w[k + 2]);
            a2 = w2.fma(x0, a2);
            b2 = w2.fma(x1, b2);
            FloatVector w3 = all(w[k + 3]);
            a3 = w3.fma(x0, a3);
            b3 = w3.fma(x1, b3);
            FloatVector w4 = all(w[k + 4]);
            a4 = w4.fma(x0, a4);
            b4 = w4.fma(x1, b4);
            FloatVector w5 = all(w[k + 5]);
            a5 = w5.fma(x0, a5);
            b5 = w5.fma(x1, b5);
        }
        int o = r * lanes;
        store(a0, b0, out, o);
        store(a1, b1, out, o + lanes);
        store(a2, b2, out, o + 2 * lanes);
        store(a3, b3, out, o + 3 * lanes);
        store(a4, b4, out, o + 4 * lanes);
        store(a5, b5, out, o + 5 * lanes);
    }

    private static void fiveRows(
            DenseWeights weights,
            int r,
            float[] bias,
            int biasOffset,
            float[] x,
            int lanes,
            float[] out) {
        int b = biasOffset + r;
        FloatVector a0 = all(bias[b]);
        FloatVector a1 = all(bias[b + 1]);
        FloatVector a2 = all(bias[b + 2]);
        FloatVector a3 = all(bias[b + 3]);
        FloatVector a4 = all(bias[b + 4]);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        FloatVector b4 = a4;
        float[] w = weights.transposed;
        int stride = weights.stride;
        for (int c = 0, at = 0, k = r; c < weights.cols; c++, at += lanes, k += stride) {
            FloatVector x0 = load(x, at);
            FloatVector x1 = load(x, at + WIDTH);
            FloatVector w0 = all(w[k]);
            a0 = w0.fma(x0, a0);
            b0 = w0.fma(x1, b0);
            FloatVector w1 = all(w[k + 1]);
            a1 = w1.fma(x0, a1);
            b1 = w1.fma(x1, b1);
            FloatVector w2 = all(w[k + 2]);
            a2 = w2.fma(x0, a2);
            b2 = w2.fma(x1, b2);
            FloatVector w3 = all(w[k + 3]);
            a3 = w3.fma(x0, a3);
            b3 = w3.fma(x1, b3);
            FloatVector w4 = all(w[k + 4]);
            a4 = w4.fma(x0, a4);
            b4 = w4.fma(x1, b4);
        }
        int o = r * lanes;
        store(a0, b0, out, o);
        store(a1, b1, out, o + lanes);
        store(a2, b2, out, o + 2 * lanes);
        store(a3, b3, out, o + 3 * lanes);
        store(a4, b4, out, o + 4 * lanes);
    }

    private static void store(FloatVector a, FloatVector b, float[] out, int at) {
        a.intoArray(out, at);
        b.intoArray(out, at + WIDTH);
    }

    private static void twelveRows(
            DenseWeights weights,
            int row,
            float[] bias,
            int biasOffset,
            float[] x,
            int lanes,
            float[] out) {
        int r = Math.min(row, weights.rows - TWELVE);
        int b = biasOffset + r;
        FloatVector a0 = all(bias[b]);
        FloatVector a1 = all(bias[b + 1]);
        FloatVector a2 = all(bias[b + 2]);
        FloatVector a3 = all(bias[b + 3]);
        FloatVector a4 = all(bias[b + 4]);
        FloatVector a5 = all(bias[b + 5]);
        FloatVector a6 = all(bias[b + 6]);
        FloatVector a7 = all(bias[b + 7]);
        FloatVector a8 = all(bias[b + 8]);
        FloatVector a9 = all(bias[b + 9]);
        FloatVector a10 = all(bias[b + 10]);
        FloatVector a11 = all(bias[b + 11]);
        float[] w = weights.transposed;
        int stride = weights.stride;
        for (int c = 0, at = 0, k = r; c < weights.cols; c++, at += lanes, k += stride) {
            FloatVector v = load(x, at);
            a0 = v.fma(all(w[k]), a0);
            a1 = v.fma(all(w[k + 1]), a1);
            a2 = v.fma(all(w[k + 2]), a2);
            a3 = v.fma(all(w[k + 3]), a3);
            a4 = v.fma(all(w[k + 4]), a4);
            a5 = v.fma(all(w[k + 5]), a5);
            a6 = v.fma(all(w[k + 6]), a6);
            a7 = v.fma(all(w[k + 7]), a7);
            a8 = v.fma(all(w[k + 8]), a8);
            a9 = v.fma(all(w[k + 9]), a9);
            a10 = v.fma(all(w[k + 10]), a10);
            a11 = v.fma(all(w[k + 11]), a11);
        }
        int o = r * lanes;
        a0.intoArray(out, o);
        a1.intoArray(out, o + lanes);
        a2.intoArray(out, o + 2 * lanes);
        a3.intoArray(out, o + 3 * lanes);
        a4.intoArray(out, o + 4 * lanes);
        a5.intoArray(out, o + 5 * lanes);
        a6.intoArray(out, o + 6 * lanes);
        a7.intoArray(out, o + 7 * lanes);
        a8.intoArray(out, o + 8 * lanes);
        a9.intoArray(out, o + 9 * lanes);
        a10.intoArray(out, o + 10 * lanes);
        a11.intoArray(out, o + 11 * lanes);
    }

    private static void fewRows(
            DenseWeights w, float[] bias, int biasOffset, Tile tile, float[] x, float[] out) {
        int lanes = tile.candidates();
        for (int r = 0; r < w.rows; r++) {
            Arrays.fill(out, r * lanes, (r + 1) * lanes, bias[biasOffset + r]);
        }
        JitBoundary.run(FEW_ROWS, tile, w.rows, w, x, out);
    }

    /** Adds to rows that hold the bias the products with rows of weights, one at a time. */
    private static final class FewRows extends JitBoundary {
        @Override
        void apply(Tile tile, int rows, Object parameters, float[] x, float[] out) {
            DenseWeights w = (DenseWeights) parameters;
            int lanes = tile.candidates();
            for (int r = 0; r < rows; r++) {
                addRow(w.transposed, r, w.stride, w.cols, x, lanes, out, r * lanes);
            }
        }
    }

    /**
     * Adds to one row of {@code out} the products of one row of weights and all rows of x.
     *
     * @param first where the row's first weight is
     * @param step from one weight to the next
     * @param cols weights of the row, and rows of x
     * @param to where the row of {@code out} begins
     */
    static void addRow(
            float[] weights,
            int first,
            int step,
            int cols,
            float[] x,
            int lanes,
            float[] out,
            int to) {
        // of one register of lanes, the same twice
        int second = lanes - WIDTH;
        FloatVector a = load(out, to);
        FloatVector b = load(out, to + second);
        for (int c = 0, from = 0, k = first; c < cols; c++, from += lanes, k += step) {
            FloatVector weight = all(weights[k]);
            a = weight.fma(load(x, from), a);
            b = weight.fma(load(x, from + second), b);
        }
        a.intoArray(out, to);
        b.intoArray(out, to + second);
    }
}
