package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.Gate;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.model.Weights;
import java.util.Arrays;

/**
 * The interest extractor, a GRU over the embedded behaviors (DIEN, arXiv 1809.03672, section 4.2),
 * with the reset gate applied after the recurrent product:
 *
 * <pre>
 * u_t = s(W_u x_t + U_u h_{t-1} + b_u)
 * r_t = s(W_r x_t + U_r h_{t-1} + b_r)
 * c_t = tanh(W_c x_t + r_t * (U_c h_{t-1}) + b_c)
 * h_t = h_{t-1} + u_t * (c_t - h_{t-1}),   h_0 = 0
 * </pre>
 *
 * One behavior is one step, always computed alone, so that a state extended by one click and a
 * state rebuilt from zero are the same bits.
 */
public final class InterestExtractor {
    private final Kernels kernels;
    private final Embedding behavior;
    private final Dense input;
    private final Dense recurrent;
    private final float[] bias;
    private final int hidden;

    /**
     * @param gru null where the architecture keeps no interest states; then {@link #hidden} is 0
     */
    public InterestExtractor(Embedding behavior, Weights.Gru gru, Kernels kernels) {
        this.kernels = kernels;
        this.behavior = behavior;
        this.hidden = gru == null ? 0 : gru.hidden();
        this.input = gru == null ? null : new Dense(gru.input().weight(), null, kernels);
        this.recurrent = gru == null ? null : new Dense(gru.recurrent(), null, kernels);
        this.bias = gru == null ? null : gru.input().bias();
    }

    /** H, or 0 where there are no interest states. */
    public int hidden() {
        return hidden;
    }

    /** Row ids a behavior has. */
    public int fields() {
        return behavior.fields();
    }

    public Scratch newScratch() {
        return new Scratch(behavior.width(), hidden);
    }

    /**
     * Computes h_t of the behavior at position {@code t} of a history.
     *
     * @param rows [T, fields] row ids
     * @param states [T, H]; row t-1 is read (h_0 = 0 where t is 0), row t is written
     */
    public void step(int[] rows, int t, float[] states, Scratch s) {
        if (hidden == 0) {
            return;
        }
        behavior.lookup(rows, t * behavior.fields(), s.x, 0);
        input.vectors(s.x, 0, 1, s.input, 0);
        if (t == 0) {
            Arrays.fill(s.state, 0);
        } else {
            System.arraycopy(states, (t - 1) * hidden, s.state, 0, hidden);
        }
        recurrent.vectors(s.state, 0, 1, s.recurrent, 0);
        kernels.gatedStep(Gate.PLAIN, hidden, 1, s.input, 0, bias, s.recurrent, null, 0, s.state);
        System.arraycopy(s.state, 0, states, t * hidden, hidden);
    }

    /** What one thread needs for a step. */
    public static final class Scratch {
        /** [D_b]. */
        private final float[] x;

        /** [3H], W x_t. */
        private final float[] input;

        /** [3H], U h_{t-1}. */
        private final float[] recurrent;

        /** [H]. */
        private final float[] state;

        private Scratch(int width, int hidden) {
            x = new float[width];
            input = new float[3 * hidden];
            recurrent = new float[3 * hidden];
            state = new float[hidden];
        }
    }
}
