package io.dienstream.dien.artifact;

import java.io.IOException;

/**
 * The numbers of a tensor, row-major, which need not be in memory all at once. A writer asks for
 * consecutive pieces from the first number to the last, once each.
 */
@FunctionalInterface
public interface TensorSource {
    /** Puts the numbers [from, from + n) to the first {@code n} places of {@code to}. */
    void read(long from, float[] to, int n) throws IOException;

    /** The numbers of an array. */
    static TensorSource of(float[] values) {
        return (from, to, n) -> System.arraycopy(values, Math.toIntExact(from), to, 0, n);
    }
}
