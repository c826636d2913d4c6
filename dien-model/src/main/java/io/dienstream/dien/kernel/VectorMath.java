package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponential, sigmoid and tanh on vectors. exp(x) = 2^k * 2^f with k the integer nearest to x
 * log2(e) and f in [-0.5, 0.5]; 2^f by its Taylor polynomial of degree 7 in f ln 2, whose remainder
 * is below 0.3466^8 / 8! = 5.2e-9, so that rounding dominates. The argument is held in [-87, 88]:
 * beyond, sigmoid and tanh are 0, 1 or -1 to the last bit that matters here (1e-37).
 */
final class VectorMath {
    private static final float MIN = -87f;
    private static final float MAX = 88f;
    private static final float LOG2_E = 1.442695f;

    /** 1.5 * 2^23: adding it leaves the nearest integer in the low bits of the mantissa. */
    private static final float ROUND = 12582912f;

    private static final int MANTISSA_BITS = 23;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.1219444e-4f;
    private static final float C2 = 1f / 2;
    private static final float C3 = 1f / 6;
    private static final float C4 = 1f / 24;
    private static final float C5 = 1f / 120;
    private static final float C6 = 1f / 720;
    private static final float C7 = 1f / 5040;

    private VectorMath() {}

    static FloatVector exp(FloatVector x) {
        FloatVector in = x.max(MIN).min(MAX);
        FloatVector rounded = in.mul(LOG2_E).add(ROUND);
        FloatVector k = rounded.sub(ROUND);
        // in - k ln 2, ln 2 in two parts so that the product is exact
        FloatVector f = in.sub(k.mul(LN2_HIGH)).sub(k.mul(LN2_LOW));
        FloatVector p = f.mul(C7).add(C6);
        p = p.fma(f, f.broadcast(C5));
        p = p.fma(f, f.broadcast(C4));
        p = p.fma(f, f.broadcast(C3));
        p = p.fma(f, f.broadcast(C2));
        p = p.fma(f, f.broadcast(1f));
        p = p.fma(f, f.broadcast(1f));
        IntVector exponent =
                rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = exp(x.neg());
        return e.broadcast(1f).div(e.add(1f));
    }

    /** 2 s(2x) - 1: absolute error as of the sigmoid, doubled. */
    static FloatVector tanh(FloatVector x) {
        FloatVector s = sigmoid(x.add(x));
        return s.add(s).sub(1f);
    }
}
