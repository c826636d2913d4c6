package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link LaneProducts} for weights in any order, as the facts of a request are, which lie row by
 * row, and for few rows: six of them, or one, and a register of lanes at a time.
 */
final class FactProducts {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = SPECIES.length();
    private static final int SIX = 6;

    private FactProducts() {}

    /**
     * out = W x + bias.
     *
     * @param w [rows, cols] with {@code rowStride} from row to row and {@code step} from column to
     *     column
     * @param bias [rows] at {@code biasOffset}, or null for none
     * @param x [cols, lanes]
     * @param lanes of one register or two
     * @param out [rows, lanes]
     */
    static void rows(
            float[] w,
            int rowStride,
            int step,
            int rows,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int lanes,
            float[] out) {
        for (int l = 0; l < lanes; l += WIDTH) {
            for (int r = 0; r < rows && rows >= SIX; r += SIX) {
                int from = Math.min(r, rows - SIX);
                sixOfFacts(w, rowStride, step, from, cols, bias, biasOffset, x, l, lanes, out);
            }
            for (int r = 0; r < rows && rows < SIX; r++) {
                oneRow(w, rowStride, step, r, cols, bias, biasOffset, x, l, lanes, out);
            }
        }
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    private static FloatVector start(float[] bias, int at) {
        return all(bias == null ? 0 : bias[at]);
    }

    private static void sixOfFacts(
            float[] w,
            int stride,
            int step,
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
        for (int c = 0, at = l, k = r * stride; c < cols; c++, at += lanes, k += step) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, x, at);
            a0 = x0.fma(all(w[k]), a0);
            a1 = x0.fma(all(w[k + stride]), a1);
            a2 = x0.fma(all(w[k + 2 * stride]), a2);
            a3 = x0.fma(all(w[k + 3 * stride]), a3);
            a4 = x0.fma(all(w[k + 4 * stride]), a4);
            a5 = x0.fma(all(w[k + 5 * stride]), a5);
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
            int step,
            int r,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int l,
            int lanes,
            float[] out) {
        FloatVector a = start(bias, biasOffset + r);
        for (int c = 0, at = l, k = r * stride; c < cols; c++, at += lanes, k += step) {
            a = all(w[k]).fma(FloatVector.fromArray(SPECIES, x, at), a);
        }
        a.intoArray(out, r * lanes + l);
    }
}
