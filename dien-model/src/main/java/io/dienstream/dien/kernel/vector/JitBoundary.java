package io.dienstream.dien.kernel.vector;

import io.dienstream.dien.kernel.Tile;

/**
 * One loop over vectors, on the far side of a call that the compiler never inlines.
 *
 * <p><b>Why there is such a call.</b> A vector of the Vector API is an object until HotSpot's C2
 * has inlined all that happens to it; then it is a register. C2 inlines by a budget, and some
 * seventy to a hundred vector operations in one compiled method, callees included, use it up. What
 * is left is called, its arguments and results are objects on the heap, and the loop takes eight to
 * fifteen times as long. Which methods end up in one is up to C2: the output layer's loop, of ten
 * operations, was once inlined into whatever called it, and in one JVM of three that was one too
 * many (decision 39). So each loop is to be compiled by itself, with what it calls and without who
 * calls it.
 *
 * <p><b>Why it is never inlined.</b> Java has no word for that, so the call is made one that C2
 * cannot inline. All loops are called from one place, {@link #run}. There C2 has seen more kinds of
 * loop than the two that its profile tells apart, and none that nine calls of ten are to, so it
 * leaves the call a call. It must not know better from elsewhere either: a loop in a constant or in
 * a field of the loop's own class would be inlined whatever the profile says. Hence the array, of
 * whose elements C2 knows nothing, and the number.
 *
 * <p><b>What follows.</b> A loop is registered once, in a constant of the class that runs it. A
 * loop goes over a whole tile, since each call has its price. No loop calls another's {@link
 * #apply}, and nobody else does. Large register blocks need no boundary: C2 inlines no method of
 * more than 325 bytes of bytecode, and {@link LaneMajorMatMul} has only such. {@link
 * RowMajorMatMul} has a place of the same kind for its blocks, whose arguments are others.
 */
abstract class JitBoundary {
    private static final int MOST = 32;
    private static final JitBoundary[] LOOPS = new JitBoundary[MOST];
    private static int registered;

    /**
     * A loop as those who run it know it.
     *
     * @param <P> what its parameters are
     * @param number its place in the array
     */
    record Loop<P>(int number) {}

    /**
     * Gives a loop its number for {@link #run}. The constant that holds it says by its type which
     * parameters the loop takes.
     */
    static synchronized <P> Loop<P> register(JitBoundary loop) {
        LOOPS[registered] = loop;
        return new Loop<>(registered++);
    }

    /** Runs a loop; arguments are those of {@link #apply}. */
    static <P> void run(
            Loop<P> loop, Tile tile, int features, P parameters, float[] in, float[] out) {
        LOOPS[loop.number].apply(tile, features, parameters, in, out);
    }

    /**
     * The loop.
     *
     * @param tile how many candidates there are, and how they lie
     * @param features how many features of each candidate are computed
     * @param parameters what all candidates share, of the class that {@link Loop} names; loops cast
     *     it themselves, because for a type parameter the compiler would make a second method that
     *     casts and calls, and a step would pay for three of those calls
     * @param in features that are only read; not looked at by loops that work in place
     * @param out features that are written
     */
    abstract void apply(Tile tile, int features, Object parameters, float[] in, float[] out);
}
