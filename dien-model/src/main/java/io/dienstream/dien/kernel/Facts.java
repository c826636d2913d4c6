package io.dienstream.dien.kernel;

/**
 * The facts f_1..f_T of a history that an attention looks at: interest states, or embedded
 * behaviors. Room is made once, and filled for each request by the one thread that owns it; the
 * same for all candidates.
 */
public final class Facts {
    /** [most steps, {@link #stride}], zeros in the padding. */
    public final float[] rows;

    /** F, numbers of a fact. */
    public final int width;

    /** From one fact to the next: {@link Kernels#stride} of the width. */
    public final int stride;

    private int steps;

    /**
     * @param mostSteps facts that there is room for
     */
    public Facts(int mostSteps, int width, Kernels kernels) {
        this.width = width;
        this.stride = kernels.stride(width);
        this.rows = new float[mostSteps * stride];
    }

    /** T, the facts of this request: the first rows. */
    public int steps() {
        return steps;
    }

    /** Says how many of the {@link #rows} this request has. */
    public void setSteps(int count) {
        steps = count;
    }
}
