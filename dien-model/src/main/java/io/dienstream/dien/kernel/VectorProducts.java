package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix products in register blocks. Each output is one accumulator that runs over the inputs in
 * order, whatever block it is computed in, so block shapes never change a result.
 */
final class VectorProducts {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int WIDTH = SPECIES.length();

    /** Weight rows (or input vectors) of one register block. */
    private static final int BLOCK = 4;

    private VectorProducts() {}

    /** [rows, cols] times [cols, lanes]; lanes are vectors, weights are broadcast. */
    static void block(
            float[] w,
            int rows,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int lanes,
            float[] out,
            int outOffset,
            boolean accumulate) {
        int l = 0;
        for (; l + 2 * WIDTH <= lanes; l += 2 * WIDTH) {
            int r = 0;
            for (; r + BLOCK <= rows; r += BLOCK) {
                fourRowsTwoVectors(
                        w, r, cols, bias, biasOffset, x, l, lanes, out, outOffset, accumulate);
            }
            for (; r < rows; r++) {
                oneRow(w, r, cols, bias, biasOffset, x, l, lanes, out, outOffset, accumulate, null);
                oneRow(
                        w,
                        r,
                        cols,
                        bias,
                        biasOffset,
                        x,
                        l + WIDTH,
                        lanes,
                        out,
                        outOffset,
                        accumulate,
                        null);
            }
        }
        for (; l < lanes; l += WIDTH) {
            VectorMask<Float> mask = l + WIDTH <= lanes ? null : SPECIES.indexInRange(l, lanes);
            int r = 0;
            for (; r + BLOCK <= rows; r += BLOCK) {
                fourRows(
                        w,
                        r,
                        cols,
                        bias,
                        biasOffset,
                        x,
                        l,
                        lanes,
                        out,
                        outOffset,
                        accumulate,
                        mask);
            }
            for (; r < rows; r++) {
                oneRow(w, r, cols, bias, biasOffset, x, l, lanes, out, outOffset, accumulate, mask);
            }
        }
    }

    private static FloatVector load(float[] a, int at, VectorMask<Float> mask) {
        return mask == null
                ? FloatVector.fromArray(SPECIES, a, at)
                : FloatVector.fromArray(SPECIES, a, at, mask);
    }

    private static void store(FloatVector v, float[] a, int at, VectorMask<Float> mask) {
        if (mask == null) {
            v.intoArray(a, at);
        } else {
            v.intoArray(a, at, mask);
        }
    }

    private static FloatVector start(
            float[] bias, int at, float[] out, int outAt, boolean accumulate, VectorMask<Float> m) {
        float b = bias == null ? 0 : bias[at];
        return accumulate ? load(out, outAt, m).add(b) : FloatVector.broadcast(SPECIES, b);
    }

    private static void fourRowsTwoVectors(
            float[] w,
            int r,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int l,
            int lanes,
            float[] out,
            int outOffset,
            boolean accumulate) {
        int o = outOffset + r * lanes + l;
        int b = biasOffset + r;
        FloatVector a0 = start(bias, b, out, o, accumulate, null);
        FloatVector b0 = start(bias, b, out, o + WIDTH, accumulate, null);
        FloatVector a1 = start(bias, b + 1, out, o + lanes, accumulate, null);
        FloatVector b1 = start(bias, b + 1, out, o + lanes + WIDTH, accumulate, null);
        FloatVector a2 = start(bias, b + 2, out, o + 2 * lanes, accumulate, null);
        FloatVector b2 = start(bias, b + 2, out, o + 2 * lanes + WIDTH, accumulate, null);
        FloatVector a3 = start(bias, b + 3, out, o + 3 * lanes, accumulate, null);
        FloatVector b3 = start(bias, b + 3, out, o + 3 * lanes + WIDTH, accumulate, null);
        int row = r * cols;
        int at = l;
        for (int c = 0; c < cols; c++, at += lanes) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, x, at);
            FloatVector x1 = FloatVector.fromArray(SPECIES, x, at + WIDTH);
            FloatVector w0 = FloatVector.broadcast(SPECIES, w[row + c]);
            a0 = w0.fma(x0, a0);
            b0 = w0.fma(x1, b0);
            FloatVector w1 = FloatVector.broadcast(SPECIES, w[row + cols + c]);
            a1 = w1.fma(x0, a1);
            b1 = w1.fma(x1, b1);
            FloatVector w2 = FloatVector.broadcast(SPECIES, w[row + 2 * cols + c]);
            a2 = w2.fma(x0, a2);
            b2 = w2.fma(x1, b2);
            FloatVector w3 = FloatVector.broadcast(SPECIES, w[row + 3 * cols + c]);
            a3 = w3.fma(x0, a3);
            b3 = w3.fma(x1, b3);
        }
        a0.intoArray(out, o);
        b0.intoArray(out, o + WIDTH);
        a1.intoArray(out, o + lanes);
        b1.intoArray(out, o + lanes + WIDTH);
        a2.intoArray(out, o + 2 * lanes);
        b2.intoArray(out, o + 2 * lanes + WIDTH);
        a3.intoArray(out, o + 3 * lanes);
        b3.intoArray(out, o + 3 * lanes + WIDTH);
    }

    private static void fourRows(
            float[] w,
            int r,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int l,
            int lanes,
            float[] out,
            int outOffset,
            boolean accumulate,
            VectorMask<Float> mask) {
        int o = outOffset + r * lanes + l;
        int b = biasOffset + r;
        FloatVector a0 = start(bias, b, out, o, accumulate, mask);
        FloatVector a1 = start(bias, b + 1, out, o + lanes, accumulate, mask);
        FloatVector a2 = start(bias, b + 2, out, o + 2 * lanes, accumulate, mask);
        FloatVector a3 = start(bias, b + 3, out, o + 3 * lanes, accumulate, mask);
        int row = r * cols;
        int at = l;
        for (int c = 0; c < cols; c++, at += lanes) {
            FloatVector x0 = load(x, at, mask);
            a0 = FloatVector.broadcast(SPECIES, w[row + c]).fma(x0, a0);
            a1 = FloatVector.broadcast(SPECIES, w[row + cols + c]).fma(x0, a1);
            a2 = FloatVector.broadcast(SPECIES, w[row + 2 * cols + c]).fma(x0, a2);
            a3 = FloatVector.broadcast(SPECIES, w[row + 3 * cols + c]).fma(x0, a3);
        }
        store(a0, out, o, mask);
        store(a1, out, o + lanes, mask);
        store(a2, out, o + 2 * lanes, mask);
        store(a3, out, o + 3 * lanes, mask);
    }

    private static void oneRow(
            float[] w,
            int r,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int l,
            int lanes,
            float[] out,
            int outOffset,
            boolean accumulate,
            VectorMask<Float> mask) {
        int o = outOffset + r * lanes + l;
        FloatVector a = start(bias, biasOffset + r, out, o, accumulate, mask);
        int at = l;
        for (int c = 0; c < cols; c++, at += lanes) {
            a = FloatVector.broadcast(SPECIES, w[r * cols + c]).fma(load(x, at, mask), a);
        }
        store(a, out, o, mask);
    }

    /** [count, cols] times [cols, rows]; outputs are vectors, inputs are broadcast. */
    static void vectors(
            float[] transposed,
            int rows,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int xOffset,
            int count,
            float[] out,
            int outOffset,
            boolean accumulate) {
        int n = 0;
        for (; n + BLOCK <= count; n += BLOCK) {
            for (int r = 0; r < rows; r += WIDTH) {
                fourVectors(
                        transposed,
                        rows,
                        cols,
                        bias,
                        biasOffset,
                        x,
                        xOffset + n * cols,
                        out,
                        outOffset + n * rows,
                        r,
                        r + WIDTH <= rows ? null : SPECIES.indexInRange(r, rows));
            }
        }
        for (; n < count; n++) {
            int o = outOffset + n * rows;
            int r = 0;
            for (; r + 4 * WIDTH <= rows; r += 4 * WIDTH) {
                fourSlices(
                        transposed,
                        rows,
                        cols,
                        bias,
                        biasOffset,
                        x,
                        xOffset + n * cols,
                        out,
                        o,
                        r,
                        accumulate);
            }
            for (; r < rows; r += WIDTH) {
                oneSlice(
                        transposed,
                        rows,
                        cols,
                        bias,
                        biasOffset,
                        x,
                        xOffset + n * cols,
                        out,
                        o,
                        r,
                        accumulate,
                        r + WIDTH <= rows ? null : SPECIES.indexInRange(r, rows));
            }
        }
    }

    private static FloatVector biasVector(float[] bias, int at, VectorMask<Float> mask) {
        return bias == null ? FloatVector.zero(SPECIES) : load(bias, at, mask);
    }

    private static void fourVectors(
            float[] wt,
            int rows,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int xAt,
            float[] out,
            int o,
            int r,
            VectorMask<Float> mask) {
        FloatVector a0 = biasVector(bias, biasOffset + r, mask);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        for (int c = 0, at = r; c < cols; c++, at += rows) {
            FloatVector w = load(wt, at, mask);
            a0 = FloatVector.broadcast(SPECIES, x[xAt + c]).fma(w, a0);
            a1 = FloatVector.broadcast(SPECIES, x[xAt + cols + c]).fma(w, a1);
            a2 = FloatVector.broadcast(SPECIES, x[xAt + 2 * cols + c]).fma(w, a2);
            a3 = FloatVector.broadcast(SPECIES, x[xAt + 3 * cols + c]).fma(w, a3);
        }
        store(a0, out, o + r, mask);
        store(a1, out, o + rows + r, mask);
        store(a2, out, o + 2 * rows + r, mask);
        store(a3, out, o + 3 * rows + r, mask);
    }

    private static void fourSlices(
            float[] wt,
            int rows,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int xAt,
            float[] out,
            int o,
            int r,
            boolean accumulate) {
        int b = biasOffset + r;
        FloatVector a0 = biasVector(bias, b, null);
        FloatVector a1 = biasVector(bias, b + WIDTH, null);
        FloatVector a2 = biasVector(bias, b + 2 * WIDTH, null);
        FloatVector a3 = biasVector(bias, b + 3 * WIDTH, null);
        if (accumulate) {
            a0 = a0.add(load(out, o + r, null));
            a1 = a1.add(load(out, o + r + WIDTH, null));
            a2 = a2.add(load(out, o + r + 2 * WIDTH, null));
            a3 = a3.add(load(out, o + r + 3 * WIDTH, null));
        }
        for (int c = 0, at = r; c < cols; c++, at += rows) {
            FloatVector v = FloatVector.broadcast(SPECIES, x[xAt + c]);
            a0 = v.fma(FloatVector.fromArray(SPECIES, wt, at), a0);
            a1 = v.fma(FloatVector.fromArray(SPECIES, wt, at + WIDTH), a1);
            a2 = v.fma(FloatVector.fromArray(SPECIES, wt, at + 2 * WIDTH), a2);
            a3 = v.fma(FloatVector.fromArray(SPECIES, wt, at + 3 * WIDTH), a3);
        }
        a0.intoArray(out, o + r);
        a1.intoArray(out, o + r + WIDTH);
        a2.intoArray(out, o + r + 2 * WIDTH);
        a3.intoArray(out, o + r + 3 * WIDTH);
    }

    private static void oneSlice(
            float[] wt,
            int rows,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int xAt,
            float[] out,
            int o,
            int r,
            boolean accumulate,
            VectorMask<Float> mask) {
        FloatVector a = biasVector(bias, biasOffset + r, mask);
        if (accumulate) {
            a = a.add(load(out, o + r, mask));
        }
        for (int c = 0, at = r; c < cols; c++, at += rows) {
            a = FloatVector.broadcast(SPECIES, x[xAt + c]).fma(load(wt, at, mask), a);
        }
        store(a, out, o + r, mask);
    }
}
