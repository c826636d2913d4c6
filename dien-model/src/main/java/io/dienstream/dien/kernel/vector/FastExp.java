package io.dienstream.dien.kernel.vector;

import static io.dienstream.dien.kernel.vector.Registers.all;

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
 * <pre>
 *      y + ROUND        the bits of k, behind those of ROUND
 *  -   ROUND       = k  as a number
 *  y - k           = f
 *      2^f              the polynomial, in [0.7, 1.5]: sign 0, exponent 126 or 127, mantissa
 *  +   k &lt;&lt; 23          added to the bits of 2^f, k goes into the exponent: 2^(k + f)
 * </pre>
 *
 * <p>Constants are broadcast where they are used, and no vector is kept in a field: the compiler
 * holds a broadcast in a register over a whole loop, but loads a field's vector anew in every round
 * that writes into an array, which might be that vector's.
 *
 * <p>Ranges are held by operations on integers: a float's max and min are six instructions each
 * where NaN and -0 must come out as Java defines them.
 */
final class FastExp {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    static final float LOG2_E = 1.44269504f;

    /** Exponents beyond are held there: with whatever fraction, their powers are still floats. */
    private static final int LARGEST = 124;

    /**
     * The same where two such powers are multiplied: 2^60 squared is a float, and a gate of 2^-60
     * is 0 or 1 to the last bit.
     */
    private static final int LARGEST_OF_GATES = 60;

    /** 1.5 * 2^23: adding it leaves the nearest integer in the low bits of the mantissa. */
    private static final float ROUND = 12582912f;

    /** The bits of 0 + {@link #ROUND}; those of k + ROUND are k more. */
    private static final int ZERO = Float.floatToRawIntBits(ROUND);

    /** All bits but the exponent's highest: clears what makes a number 2 or more. */
    private static final int LESS_THAN_TWO = ~(1 << 30);

    private static final int MANTISSA_BITS = 23;
    private static final float C0 = 1.0000001f;
    private static final float C1 = 0.69314694f;
    private static final float C2 = 0.2402212f;
    private static final float C3 = 0.05550713f;
    private static final float C4 = 0.009675541f;
    private static final float C5 = 0.0013276472f;

    private FastExp() {}

    private static IntVector bits(int bits) {
        return IntVector.broadcast(INTS, bits);
    }

    /** 2^y for y held in -124.5..124.5. */
    static FloatVector exp2(FloatVector y) {
        return held(y, LARGEST);
    }

    /** 2^y for y held in -60.5..60.5. */
    static FloatVector exp2OfGate(FloatVector y) {
        return held(y, LARGEST_OF_GATES);
    }

    /**
     * Holds k. Of numbers too large to be rounded, infinity too, nothing is left of f but what is
     * less than two: their powers are still large, or small.
     */
    private static FloatVector held(FloatVector y, int limit) {
        FloatVector rounded = y.add(all(ROUND));
        IntVector k = rounded.reinterpretAsInts();
        IntVector f = y.sub(rounded.sub(all(ROUND))).reinterpretAsInts();
        return power(
                f.and(bits(LESS_THAN_TWO)).reinterpretAsFloats(),
                k.min(bits(ZERO + limit)).max(bits(ZERO - limit)));
    }

    /**
     * 2^(k + f).
     *
     * @param k with {@link #ZERO} added, which the shift pushes out
     */
    private static FloatVector power(FloatVector f, IntVector k) {
        FloatVector square = f.mul(f);
        // by pairs: half the additions that wait for each other
        FloatVector high = f.fma(all(C5), all(C4));
        FloatVector middle = f.fma(all(C3), all(C2));
        FloatVector low = f.fma(all(C1), all(C0));
        FloatVector p = high.fma(square, middle).fma(square, low);
        IntVector exponent = k.lanewise(VectorOperators.LSHL, MANTISSA_BITS);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    /** 1 / (1 + 2^y). */
    static FloatVector sigmoid(FloatVector y) {
        return all(1f).div(exp2(y).add(all(1f)));
    }
}
