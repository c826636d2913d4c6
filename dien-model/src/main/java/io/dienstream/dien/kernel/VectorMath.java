package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Powers of two and what is made of them, on vectors. 2^y = 2^k * 2^f with k the integer nearest to
 * y and f in [-0.5, 0.5]; 2^f by the polynomial of degree 5 with the least largest relative error,
 * 7.5e-8, so that with rounding a power is right to 2.2e-7 of itself and a sigmoid, s(1-s) of that,
 * to 1.2e-7.
 *
 * <p>Ranges are held by max and min: comparing and blending is several times slower on Java 17.
 */
final class VectorMath {
    static final float LOG2_E = 1.44269504f;

    /** Exponents beyond are held there: their powers are still normal floats. */
    private static final float LARGEST = 126;

    /**
     * The same where two such powers are multiplied: 2^60 squared is a float, and a gate of 2^-60
     * is 0 or 1 to the last bit.
     */
    private static final float LARGEST_OF_GATES = 60;

    /** 1.5 * 2^23: adding it leaves the nearest integer in the low bits of the mantissa. */
    private static final float ROUND = 12582912f;

    private static final int MANTISSA_BITS = 23;
    private static final float C0 = 1.0000001f;
    private static final float C1 = 0.69314694f;
    private static final float C2 = 0.2402212f;
    private static final float C3 = 0.05550713f;
    private static final float C4 = 0.009675541f;
    private static final float C5 = 0.0013276472f;

    private VectorMath() {}

    /** 2^y for y held in -126..126. */
    static FloatVector exp2(FloatVector y) {
        return power(y.max(-LARGEST).min(LARGEST));
    }

    /** 2^y for y held in -60..60. */
    static FloatVector exp2OfGate(FloatVector y) {
        return power(y.max(-LARGEST_OF_GATES).min(LARGEST_OF_GATES));
    }

    private static FloatVector power(FloatVector y) {
        FloatVector rounded = y.add(ROUND);
        FloatVector f = y.sub(rounded.sub(ROUND));
        FloatVector p = f.fma(f.broadcast(C5), f.broadcast(C4));
        p = p.fma(f, f.broadcast(C3));
        p = p.fma(f, f.broadcast(C2));
        p = p.fma(f, f.broadcast(C1));
        p = p.fma(f, f.broadcast(C0));
        IntVector exponent =
                rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    static FloatVector sigmoid(FloatVector x) {
        return x.broadcast(1f).div(exp2(x.mul(-LOG2_E)).add(1f));
    }

    /** 1 / (1 + 2^y), y in the scale of {@link RecurrentWeights}. */
    static FloatVector gate(FloatVector y) {
        return y.broadcast(1f).div(exp2OfGate(y).add(1f));
    }

    /**
     * g + v (c - g) for c = (1 - E) / (1 + E), E = 2^candidate, and v = base + slope / (1 +
     * 2^update): all in one division.
     */
    static FloatVector blend(
            FloatVector update,
            FloatVector candidate,
            FloatVector base,
            FloatVector slope,
            FloatVector g) {
        FloatVector one = g.broadcast(1f);
        FloatVector e = exp2OfGate(candidate);
        FloatVector u = exp2OfGate(update).add(1f);
        // (c - g) (1 + E) = (1 - g) - E (1 + g); v (1 + 2^update) = base (1 + 2^update) + slope
        FloatVector move = one.sub(g).sub(e.mul(one.add(g))).mul(base.fma(u, slope));
        return g.add(move.div(u.mul(e.add(1f))));
    }
}
