package io.dienstream.dien.kernel;

/**
 * What all candidates of a recurrent step share: the layer, and the step's input and attention
 * weights. Made once for a layer and owned by one thread, which sets it before each step, so that a
 * step allocates nothing.
 */
public final class StepInput {
    private final Gate gate;
    private final RecurrentWeights weights;
    private float[] projections;
    private int projection;
    private float[] attention;
    private int attentionStep;
    private int attentionStride;
    private boolean fromZero;

    public StepInput(Gate gate, RecurrentWeights weights) {
        this.gate = gate;
        this.weights = weights;
        // a plain step multiplies an attention weight by zero, so it needs one to read
        this.attention = weights.zeros;
    }

    /**
     * The input's part of the gates.
     *
     * @param values W y_t + b, for {@link Gate#SCALED_INPUT} without b, [gates of {@link
     *     RecurrentWeights}] at {@code at}, with room for a register behind them; the same for all
     *     candidates
     */
    public StepInput projections(float[] values, int at) {
        projections = values;
        projection = at;
        return this;
    }

    /**
     * The attention weights; what {@link Gate#PLAIN} is given is not looked at.
     *
     * @param weights steps features, of which {@code step} is taken; null for a plain gate
     * @param stride of those features
     */
    public StepInput attention(float[] weights, int step, int stride) {
        if (gate != Gate.PLAIN) {
            attention = weights;
            attentionStep = step;
            attentionStride = stride;
        }
        return this;
    }

    /** Whether g is zero, and so is U g: a first step needs no product. */
    public StepInput fromZero(boolean zero) {
        fromZero = zero;
        return this;
    }

    /** What the attention weight does. */
    public Gate gate() {
        return gate;
    }

    /** The layer. */
    public RecurrentWeights weights() {
        return weights;
    }

    /** W y_t + b from {@link #projection}: update gate, reset gate, candidate. */
    public float[] projections() {
        return projections;
    }

    /** Where in {@link #projections} those of this step begin. */
    public int projection() {
        return projection;
    }

    /**
     * What is added to the candidate's products once the reset gate has moved them, [H] from {@link
     * #candidateInput}: the candidate's projections, but zeros where the attention scales those
     * first and {@link Kernels#step} adds them by itself.
     */
    public float[] candidateInputs() {
        return gate == Gate.SCALED_INPUT ? weights.zeros : projections;
    }

    /** Where in {@link #candidateInputs} those of this step begin. */
    public int candidateInput() {
        return gate == Gate.SCALED_INPUT ? 0 : projection + 2 * weights.hidden;
    }

    /** a, steps features; zeros for a plain gate. */
    public float[] attention() {
        return attention;
    }

    /** Which of the steps features this step takes. */
    public int attentionStep() {
        return attentionStep;
    }

    /** Of the steps features, from candidate to candidate where those are vectors. */
    public int attentionStride() {
        return attentionStride;
    }

    /** Whether g is zero. */
    public boolean isFromZero() {
        return fromZero;
    }
}
