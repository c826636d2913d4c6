package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.Gate;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.RecurrentWeights;
import io.dienstream.dien.kernel.StepInput;
import io.dienstream.dien.kernel.Tile;
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
    private final RecurrentWeights weights;
    private final int hidden;

    /**
     * @param gru null where the architecture keeps no interest states; then {@link #hidden} is 0
     */
    public InterestExtractor(Embedding behavior, Weights.Gru gru, Kernels kernels) {
        this.kernels = kernels;
        this.behavior = behavior;
        this.hidden = gru == null ? 0 : gru.hidden();
        this.weights = gru == null ? null : new RecurrentWeights(gru, kernels);
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
        return new Scratch(behavior.width(), weights, kernels);
    }

    /**
     * Computes h_t of the behavior at position {@code t} of a history.
     *
     * @param rows row ids of behaviors
     * @param at where those of the behavior begin
     * @param states [T, H]; row t-1 is read (h_0 = 0 where t is 0), row t is written
     */
    public void step(int[] rows, int at, float[] states, int t, Scratch s) {
        if (hidden == 0) {
            return;
        }
        behavior.lookup(rows, at, s.x, 0);
        kernels.denseVectors(weights.input, weights.bias, 0, s.x, 0, 0, 1, s.projections);
        if (t == 0) {
            Arrays.fill(s.state, 0);
        } else {
            System.arraycopy(states, (t - 1) * hidden, s.state, 0, hidden);
        }
        s.input.projections(s.projections, 0).fromZero(t == 0);
        kernels.step(s.input, s.tile, s.state, s.step);
        System.arraycopy(s.state, 0, states, t * hidden, hidden);
    }

    /** What one thread needs for a step. */
    public static final class Scratch {
        private final Tile tile = Tile.ofVector();

        /** [D_b]. */
        private final float[] x;

        /** W x_t + b, [gates] and a register. */
        private final float[] projections;

        /** h_{t-1}, then h_t, [stride]. */
        private final float[] state;

        /** Of {@link Kernels#step}. */
        private final float[] step;

        /** Null where there are no interest states. */
        private final StepInput input;

        private Scratch(int width, RecurrentWeights weights, Kernels kernels) {
            boolean gru = weights != null;
            x = new float[width];
            projections = new float[gru ? weights.gates + kernels.width() : 0];
            state = new float[gru ? weights.stride : 0];
            step = new float[gru ? kernels.stepScratch(weights, 1) : 0];
            input = gru ? new StepInput(Gate.PLAIN, weights) : null;
        }
    }
}
