package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One loop over vectors, compiled by itself. The compiler gives up inlining vector operations in
 * methods with more than about a hundred of them, callees included, and puts their vectors on the
 * heap. All loops are therefore called from one place, {@link #run}, where so many kinds come by
 * that it inlines none of them; and by number, since one that it knew for certain would be inlined
 * after all.
 */
abstract class VectorLoop {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int WIDTH = SPECIES.length();

    /** Whether there are 32 registers, as in AVX-512, and not the 16 of AVX2. */
    static final boolean MANY_REGISTERS = WIDTH >= 16;

    private static final int MOST = 32;
    private static final VectorLoop[] LOOPS = new VectorLoop[MOST];
    private static int registered;

    /** Gives a loop its number for {@link #run}. */
    static synchronized int register(VectorLoop loop) {
        LOOPS[registered] = loop;
        return registered++;
    }

    /**
     * Runs a loop. Where candidates are lanes it works on one register of them down the rows of
     * {@code x}; where features are, on one candidate's vector.
     *
     * @param loop of {@link #register}
     * @param x read and written, from {@code at}
     * @param rows how many rows, or numbers in the vector
     * @param stride from row to row, or of the vector
     * @param p parameters from {@code pAt}; each loop says which, as of {@code q} and {@code r}
     */
    static void run(
            int loop,
            float[] x,
            int at,
            int rows,
            int stride,
            float[] p,
            int pAt,
            float[] q,
            int qAt,
            float[] r) {
        LOOPS[loop].apply(x, at, rows, stride, p, pAt, q, qAt, r);
    }

    abstract void apply(
            float[] x,
            int at,
            int rows,
            int stride,
            float[] p,
            int pAt,
            float[] q,
            int qAt,
            float[] r);

    static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }
}
