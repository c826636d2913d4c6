package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix products where candidates are lanes: [rows, cols] times [cols, lanes], weights broadcast.
 * Register blocks of 12 accumulators hide the latency of multiply-add and fit the 16 registers of
 * AVX2: 6 rows and two registers of lanes, or 12 rows and one. The weights of a block's six rows
 * lie side by side ({@link DenseWeights#blocks}), so that one index leads to them: an index and a
 * range check for each row were a fifth of the time. Each output runs over the inputs in order,
 * whatever block it is in.
 */
final class LaneProducts {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = SPECIES.length();
    private static final int BLOCK = DenseWeights.BLOCK;

    private LaneProducts() {}

    /**
     * @param bias [rows] at {@code biasOffset}
     * @param x [cols, lanes]
     * @param lanes of one register or two
     * @param out [rows, lanes]
     */
    static void dense(
            DenseWeights w, float[] bias, int biasOffset, float[] x, int lanes, float[] out) {
        if (w.rows < BLOCK) {
            rows(w.byRow, w.cols, w.rows, w.cols, bias, biasOffset, x, lanes, out);
            return;
        }
        boolean two = lanes > WIDTH;
        // the last block may begin within the one before: the same numbers are computed again
        for (int r = 0; r < w.rows; r += two ? BLOCK : 2 * BLOCK) {
            if (two) {
                sixRows(w, r, bias, biasOffset, x, lanes, out);
            } else {
                twelveRows(w, r, bias, biasOffset, x, lanes, out);
            }
        }
    }

    /**
     * The same for weights that lie row by row, as the facts of a request do.
     *
     * @param w [rows, cols] with {@code rowStride} from row to row
     * @param bias as above, or null for none
     */
    static void rows(
            float[] w,
            int rowStride,
            int rows,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int lanes,
            float[] out) {
        for (int l = 0; l < lanes; l += WIDTH) {
            for (int r = 0; r < rows && rows >= BLOCK; r += BLOCK) {
                int from = Math.min(r, rows - BLOCK);
                sixRowsByRow(w, rowStride, from, cols, bias, biasOffset, x, l, lanes, out);
            }
            for (int r = 0; r < rows && rows < BLOCK; r++) {
                oneRow(w, rowStride, r, cols, bias, biasOffset, x, l, lanes, out);
            }
        }
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    private static FloatVector start(float[] bias, int at) {
        return all(bias == null ? 0 : bias[at]);
    }

    private static void sixRows(
            DenseWeights weights,
            int row,
            float[] bias,
            int biasOffset,
            float[] x,
            int lanes,
            float[] out) {
        int r = Math.min(row, weights.rows - BLOCK);
        int b = biasOffset + r;
        FloatVector a0 = start(bias, b);
        FloatVector a1 = start(bias, b + 1);
        FloatVector a2 = start(bias, b + 2);
        FloatVector a3 = start(bias, b + 3);
        FloatVector a4 = start(bias, b + 4);
        FloatVector a5 = start(bias, b + 5);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        FloatVector b4 = a4;
        FloatVector b5 = a5;
        float[] w = weights.blocks;
        int k = row * weights.cols;
        for (int c = 0, at = 0; c < weights.cols; c++, at += lanes, k += BLOCK) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, x, at);
            FloatVector x1 = FloatVector.fromArray(SPECIES, x, at + WIDTH);
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

    private static void store(FloatVector a, FloatVector b, float[] out, int at) {
        a.intoArray(out, at);
        b.intoArray(out, at + WIDTH);
    }

    /** Two blocks; where there is no second, the first twice. */
    private static void twelveRows(
            DenseWeights weights,
            int row,
            float[] bias,
            int biasOffset,
            float[] x,
            int lanes,
            float[] out) {
        int next = row + BLOCK < weights.rows ? row + BLOCK : row;
        int aRow = Math.min(row, weights.rows - BLOCK);
        int bRow = Math.min(next, weights.rows - BLOCK);
        int aBias = biasOffset + aRow;
        int bBias = biasOffset + bRow;
        FloatVector a0 = start(bias, aBias);
        FloatVector a1 = start(bias, aBias + 1);
        FloatVector a2 = start(bias, aBias + 2);
        FloatVector a3 = start(bias, aBias + 3);
        FloatVector a4 = start(bias, aBias + 4);
        FloatVector a5 = start(bias, aBias + 5);
        FloatVector b0 = start(bias, bBias);
        FloatVector b1 = start(bias, bBias + 1);
        FloatVector b2 = start(bias, bBias + 2);
        FloatVector b3 = start(bias, bBias + 3);
        FloatVector b4 = start(bias, bBias + 4);
        FloatVector b5 = start(bias, bBias + 5);
        float[] w = weights.blocks;
        int k = row * weights.cols;
        int m = next * weights.cols;
        for (int c = 0, at = 0; c < weights.cols; c++, at += lanes, k += BLOCK, m += BLOCK) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, at);
            a0 = v.fma(all(w[k]), a0);
            a1 = v.fma(all(w[k + 1]), a1);
            a2 = v.fma(all(w[k + 2]), a2);
            a3 = v.fma(all(w[k + 3]), a3);
            a4 = v.fma(all(w[k + 4]), a4);
            a5 = v.fma(all(w[k + 5]), a5);
            b0 = v.fma(all(w[m]), b0);
            b1 = v.fma(all(w[m + 1]), b1);
            b2 = v.fma(all(w[m + 2]), b2);
            b3 = v.fma(all(w[m + 3]), b3);
            b4 = v.fma(all(w[m + 4]), b4);
            b5 = v.fma(all(w[m + 5]), b5);
        }
        int aOut = aRow * lanes;
        int bOut = bRow * lanes;
        a0.intoArray(out, aOut);
        a1.intoArray(out, aOut + lanes);
        a2.intoArray(out, aOut + 2 * lanes);
        a3.intoArray(out, aOut + 3 * lanes);
        a4.intoArray(out, aOut + 4 * lanes);
        a5.intoArray(out, aOut + 5 * lanes);
        b0.intoArray(out, bOut);
        b1.intoArray(out, bOut + lanes);
        b2.intoArray(out, bOut + 2 * lanes);
        b3.intoArray(out, bOut + 3 * lanes);
        b4.intoArray(out, bOut + 4 * lanes);
        b5.intoArray(out, bOut + 5 * lanes);
    }

    private static void sixRowsByRow(
            float[] w,
            int stride,
            int r,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int l,
            int lanes,
            float[] out) {
        int b = biasOffset + r;
        FloatVector a0 = start(bias, b);
        FloatVector a1 = start(bias, b + 1);
        FloatVector a2 = start(bias, b + 2);
        FloatVector a3 = start(bias, b + 3);
        FloatVector a4 = start(bias, b + 4);
        FloatVector a5 = start(bias, b + 5);
        int row = r * stride;
        for (int c = 0, at = l; c < cols; c++, at += lanes) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, x, at);
            a0 = x0.fma(all(w[row + c]), a0);
            a1 = x0.fma(all(w[row + stride + c]), a1);
            a2 = x0.fma(all(w[row + 2 * stride + c]), a2);
            a3 = x0.fma(all(w[row + 3 * stride + c]), a3);
            a4 = x0.fma(all(w[row + 4 * stride + c]), a4);
            a5 = x0.fma(all(w[row + 5 * stride + c]), a5);
        }
        int o = r * lanes + l;
        a0.intoArray(out, o);
        a1.intoArray(out, o + lanes);
        a2.intoArray(out, o + 2 * lanes);
        a3.intoArray(out, o + 3 * lanes);
        a4.intoArray(out, o + 4 * lanes);
        a5.intoArray(out, o + 5 * lanes);
    }

    private static void oneRow(
            float[] w,
            int stride,
            int r,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int l,
            int lanes,
            float[] out) {
        FloatVector a = start(bias, biasOffset + r);
        for (int c = 0, at = l; c < cols; c++, at += lanes) {
            a = all(w[r * stride + c]).fma(FloatVector.fromArray(SPECIES, x, at), a);
        }
        a.intoArray(out, r * lanes + l);
    }
}
