package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.Facts;
import io.dienstream.dien.kernel.Gate;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.RecurrentWeights;
import io.dienstream.dien.kernel.StepInput;
import io.dienstream.dien.kernel.Tile;
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
 */
public final class InterestEvolution {
    private final Kernels kernels;
    private final RecurrentWeights weights;
    private final Gate gate;
    private final float[] projectionBias;

    public InterestEvolution(ModelConfig config, Weights.Gru gru, Kernels kernels) {
        this.kernels = kernels;
        this.weights = new RecurrentWeights(gru, kernels);
        this.gate = gate(config.architecture(), config.gate());
        this.projectionBias = weights.projectionBias(gate);
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

    /** Numbers of the projections of {@code steps}, and room for a register behind them. */
    public int projectionsOf(int steps) {
        return steps * weights.gates + kernels.width();
    }

    /**
     * The ad-independent half: W h_t of all t in one product.
     *
     * @param facts h_t
     * @param projections {@link #projectionsOf} T, written
     */
    public void project(Facts facts, float[] projections) {
        kernels.denseVectors(
                weights.input,
                projectionBias,
                0,
                facts.rows,
                0,
                facts.stride,
                facts.steps(),
                projections);
    }

    /**
     * Evolves one tile of candidates over the whole history.
     *
     * @param projections of {@link #project}
     * @param attention a_t, T features
     * @param tail attention that each candidate's steps that are left out may have in all
     * @return the interest g_T, H features; an array of the scratch
     */
    public float[] evolve(
            float[] projections, int steps, Tile tile, float[] attention, float tail, Scratch s) {
        begin(s);
        boolean skips = tail > 0 && (gate == Gate.PAPER || gate == Gate.REPLACED);
        float threshold =
                skips
                        ? s.tail.threshold(tail, attention, steps, kernels.stride(steps), tile)
                        : Float.NEGATIVE_INFINITY;
        for (int t = 0; t < steps; t++) {
            if (skips && s.tail.largest(t) <= threshold) {
                s.skippedSteps++;
                continue;
            }
            step(projections, t, steps, tile, attention, s);
        }
        return s.state;
    }

    /**
     * All g_t of a plain GRU, which needs no ad.
     *
     * @param evolved g_t, as many as it has steps, written
     */
    public void run(float[] projections, Facts evolved, Scratch s) {
        begin(s);
        for (int t = 0; t < evolved.steps(); t++) {
            step(projections, t, evolved.steps(), s.one, null, s);
            System.arraycopy(s.state, 0, evolved.rows, t * evolved.stride, weights.hidden);
        }
    }

    /**
     * All g_t of one candidate, for looking at: allocates.
     *
     * @param facts h_t, [T, H] without padding
     * @param attention a_t, [T]
     * @return [T][H]
     */
    public float[][] trace(float[] facts, int steps, float[] attention) {
        Facts padded = new Facts(steps, weights.hidden, kernels);
        padded.setSteps(steps);
        for (int t = 0; t < steps; t++) {
            System.arraycopy(
                    facts, t * weights.hidden, padded.rows, t * padded.stride, weights.hidden);
        }
        float[] projections = new float[projectionsOf(steps)];
        Scratch s = newScratch(steps);
        project(padded, projections);
        begin(s);
        float[][] evolved = new float[steps][];
        for (int t = 0; t < steps; t++) {
            step(projections, t, steps, s.one, attention, s);
            evolved[t] = Arrays.copyOf(s.state, weights.hidden);
        }
        return evolved;
    }

    /** g_0 = 0. */
    private static void begin(Scratch s) {
        Arrays.fill(s.state, 0);
        s.input.fromZero(true);
    }

    private void step(
            float[] projections, int t, int steps, Tile tile, float[] attention, Scratch s) {
        s.input
                .projections(projections, t * weights.gates)
                .attention(attention, t, kernels.stride(steps));
        kernels.step(s.input, tile, s.state, s.step);
        s.input.fromZero(false);
    }

    public Scratch newScratch(int maxSteps) {
        int tile = kernels.largestTile();
        return new Scratch(
                new StepInput(gate, weights),
                weights.stride * tile,
                kernels.stepScratch(weights, tile),
                maxSteps);
    }

    /** What one thread needs. */
    public static final class Scratch {
        /** Steps of tiles that were left out. */
        public long skippedSteps() {
            return skippedSteps;
        }

        private final Tile one = Tile.ofVector();

        /** g_t, H features. */
        private final float[] state;

        /** Of {@link Kernels#step}. */
        private final float[] step;

        private final StepInput input;
        private final AttentionTail tail;
        private long skippedSteps;

        private Scratch(StepInput input, int state, int step, int maxSteps) {
            this.input = input;
            this.tail = new AttentionTail(maxSteps);
            this.state = new float[state];
            this.step = new float[step];
        }
    }
}
