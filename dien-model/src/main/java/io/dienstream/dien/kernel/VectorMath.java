package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Powers of two and what is made of them, on vectors. 2^y = 2^k * 2^f with k the integer nearest to
 * y and f in [-0.5, 0.5]; 2^f by the polynomial of degree 5 with the least largest relative error,
 * 7.5e-8, so that with rounding a power is right to 2.2e-7 of itself and a sigmoid, s(1-s) of that,
 * to 1.2e-7.
 *
 * <p>Constants are broadcast where they are used, and no vector is kept in a field: the compiler
 * holds a broadcast in a register over a whole loop, but loads a field's vector anew in every round
 * that writes into an array, which might be that vector's.
 *
 * <p>Ranges are held by operations on integers: a float's max and min are six instructions each
 * where NaN and -0 must come out as Java defines them.
 */
final class VectorMath {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    static final float LOG2_E = 1.44269504f;
    static final float LARGEST_EXPONENT_OF_GATES = 60;

    /** Exponents beyond are held there: their powers are still normal floats. */
    private static final int LARGEST = Float.floatToRawIntBits(126);

    /**
     * The same where two such powers are multiplied: 2^60 squared is a float, and a gate of 2^-60
     * is 0 or 1 to the last bit.
     */
    private static final int LARGEST_OF_GATES = Float.floatToRawIntBits(LARGEST_EXPONENT_OF_GATES);

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

    private static FloatVector all(float value) {
        return FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, value);
    }

    private static IntVector all(int bits) {
        return IntVector.broadcast(INTS, bits);
    }

    /** 2^y for y held in -126..126. */
    static FloatVector exp2(FloatVector y) {
        return power(hold(y, LARGEST));
    }

    /** 2^y for y held in -60..60. */
    static FloatVector exp2OfGate(FloatVector y) {
        return power(hold(y, LARGEST_OF_GATES));
    }

    /** y, or the nearest of -limit and limit: the magnitude's bits are ordered as integers are. */
    private static FloatVector hold(FloatVector y, int limit) {
        IntVector bits = y.reinterpretAsInts();
        IntVector magnitude = bits.and(all(Integer.MAX_VALUE)).min(all(limit));
        return bits.and(all(Integer.MIN_VALUE)).or(magnitude).reinterpretAsFloats();
    }

    /** 2^y for y that is known to lie within -126..126. */
    static FloatVector power(FloatVector y) {
        FloatVector rounded = y.add(all(ROUND));
        FloatVector f = y.sub(rounded.sub(all(ROUND)));
        FloatVector square = f.mul(f);
        // by pairs: half the additions that wait for each other
        FloatVector high = f.fma(all(C5), all(C4));
        FloatVector middle = f.fma(all(C3), all(C2));
        FloatVector low = f.fma(all(C1), all(C0));
        FloatVector p = high.fma(square, middle).fma(square, low);
        IntVector exponent =
                rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    /** 1 / (1 + 2^y). */
    static FloatVector gate(FloatVector y) {
        return all(1f).div(exp2(y).add(all(1f)));
    }

    static FloatVector sigmoid(FloatVector x) {
        return gate(x.mul(all(-LOG2_E)));
    }
}
