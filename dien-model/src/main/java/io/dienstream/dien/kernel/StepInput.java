package io.dienstream.dien.kernel;

/**
 * What a recurrent step takes beside its state: set before the step, and owned by one thread, so
 * that a step allocates nothing.
 */
public final class StepInput {
    float[] projections;
    int projection;
    float largest;
    boolean fromZero;
    float[] attention;
    int t;
    int attentionStride;

    /**
     * The input's part of the gates.
     *
     * @param values W y_t + b, for {@link Gate#SCALED_INPUT} without b, [gates of {@link
     *     RecurrentWeights}] at {@code at}, with room for a register behind them; the same for all
     *     candidates
     * @param magnitude that none of them exceeds, or positive infinity: where it is small enough,
     *     no power needs its exponent held
     */
    public StepInput projections(float[] values, int at, float magnitude) {
        projections = values;
        projection = at;
        largest = magnitude;
        return this;
    }

    /**
     * The attention weights; {@link Gate#PLAIN} needs none.
     *
     * @param weights steps features, of which {@code step} is taken
     * @param stride of those features
     */
    public StepInput attention(float[] weights, int step, int stride) {
        attention = weights;
        t = step;
        attentionStride = stride;
        return this;
    }

    /** Whether g is zero, and so is U g: a first step needs no product. */
    public StepInput fromZero(boolean zero) {
        fromZero = zero;
        return this;
    }
}
