package io.dienstream.dien.kernel.vector;

import io.dienstream.dien.kernel.Kernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The machine's vector registers: how wide they are, how many, and how they are filled. */
final class Registers {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Numbers of a register. */
    static final int WIDTH = SPECIES.length();

    /** Whether there are 32 registers, as in AVX-512, and not the 16 of AVX2. */
    static final boolean MANY_REGISTERS = WIDTH >= 16;

    private Registers() {}

    /** The same number in every lane. */
    static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /** The numbers of {@code x} from {@code at}. */
    static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    /** The next multiple of a register's numbers. */
    static int padded(int features) {
        return Kernels.padded(features, WIDTH);
    }
}
