package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.Gate;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.Weights;
import java.util.Arrays;

/**
 * Interest evolution, the second recurrent layer (DIEN, arXiv 1809.03672, section 4.3): the cell of
 * {@link InterestExtractor} with its own weights over the interest states h_t, g_0 = 0, and the
 * attention weight a_t in its update gate:
 *
 * <pre>
 * aigru          input a_t h_t, gate u
 * agru           input h_t,     gate a_t
 * augru, dien    input h_t,     gate a_t u               ("paper")
 *                               gate 1 - (1-a_t)(1-u)    ("official": the authors' code)
 * gru_attention  input h_t,     gate u, and the attention looks at g_t afterwards
 * </pre>
 *
 * The input projections W h_t do not depend on the ad: they are computed once per request.
 */
public final class InterestEvolution {
    private final Kernels kernels;
    private final Dense input;
    private final Dense recurrent;
    private final float[] bias;
    private final Gate gate;
    private final int hidden;

    public InterestEvolution(ModelConfig config, Weights.Gru gru, Kernels kernels) {
        this.kernels = kernels;
        this.input = new Dense(gru.input().weight(), null, kernels);
        this.recurrent = new Dense(gru.recurrent(), null, kernels);
        this.bias = gru.input().bias();
        this.hidden = gru.hidden();
        this.gate = gate(config.architecture(), config.gate());
    }

    private static Gate gate(Architecture architecture, GateForm form) {
        return switch (architecture) {
            case GRU_ATTENTION -> Gate.PLAIN;
            case AIGRU -> Gate.SCALED_INPUT;
            case AGRU -> Gate.REPLACED;
            case AUGRU, DIEN -> form == GateForm.PAPER ? Gate.PAPER : Gate.OFFICIAL;
            default -> throw new IllegalArgumentException("no evolution in " + architecture);
        };
    }

    /** The ad-independent half: W h_t for all t, states [T, H] to projections [T, 3H]. */
    public void project(float[] states, int steps, float[] projections) {
        input.vectors(states, 0, steps, projections, 0);
    }

    /**
     * Evolves one block of candidates over the whole history.
     *
     * @param projections [T, 3H] of {@link #project}
     * @param attention a_t, [T, lanes]
     * @param interest g_T, [H, lanes], written
     */
    public void evolve(
            float[] projections,
            int steps,
            float[] attention,
            int lanes,
            float[] interest,
            Scratch s) {
        Arrays.fill(interest, 0, hidden * lanes, 0);
        for (int t = 0; t < steps; t++) {
            step(projections, t, attention, lanes, interest, s);
        }
    }

    /** All g_t of a plain GRU, which needs no ad: [T, H]. */
    public void run(float[] projections, int steps, float[] evolved, Scratch s) {
        float[] g = s.state;
        Arrays.fill(g, 0);
        for (int t = 0; t < steps; t++) {
            step(projections, t, null, 1, g, s);
            System.arraycopy(g, 0, evolved, t * hidden, hidden);
        }
    }

    private void step(float[] projections, int t, float[] a, int lanes, float[] g, Scratch s) {
        recurrent.block(g, lanes, s.recurrent, 0);
        kernels.gatedStep(
                gate,
                hidden,
                lanes,
                projections,
                t * 3 * hidden,
                bias,
                s.recurrent,
                a,
                t * lanes,
                g);
    }

    public Scratch newScratch(int maxLanes) {
        return new Scratch(hidden, maxLanes);
    }

    /** What one thread needs. */
    public static final class Scratch {
        /** [3H, lanes]. */
        private final float[] recurrent;

        /** [H]. */
        private final float[] state;

        private Scratch(int hidden, int maxLanes) {
            recurrent = new float[3 * hidden * maxLanes];
            state = new float[hidden];
        }
    }
}
