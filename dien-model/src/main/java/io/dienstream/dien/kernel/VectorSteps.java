package io.dienstream.dien.kernel;

/** A recurrent step's passes in their order; {@link StepLoops} says what each does. */
final class VectorSteps {
    private VectorSteps() {}

    /**
     * Whether no exponent of the step would have to be held. Not asked of a scaled input, whose
     * bias is not in the projections.
     */
    private static boolean isBounded(Gate gate, RecurrentWeights w, StepInput input) {
        return gate != Gate.SCALED_INPUT
                && input.largest + w.bound < VectorMath.LARGEST_OF_GATES - 1;
    }

    /**
     * Candidates are lanes, of one register or two.
     *
     * @param products U g, and the input's part but for the candidate's, [3H, lanes]
     * @param state g, [H, lanes]
     */
    static void lanes(
            Gate gate,
            RecurrentWeights w,
            StepInput input,
            float[] products,
            float[] state,
            int lanes) {
        int h = w.hidden;
        boolean scaled = gate == Gate.SCALED_INPUT;
        boolean bounded = isBounded(gate, w, input);
        int gates = bounded ? StepLoops.BOUNDED_GATE_OF_LANES : StepLoops.GATE_OF_LANES;
        int candidates =
                bounded ? StepLoops.BOUNDED_CANDIDATE_OF_LANES : StepLoops.CANDIDATE_OF_LANES;
        float[] inputs = scaled ? w.none : input.projections;
        int p = scaled ? 0 : input.projection;
        float[] weights = gate == Gate.PLAIN ? w.none : input.attention;
        int a = gate == Gate.PLAIN ? 0 : input.t * lanes;
        int candidate = 2 * h * lanes;
        if (scaled) {
            addGateInput(w, input, products, a, lanes);
        }
        run(gates, products, 0, 2 * h, lanes, null, 0, 0);
        if (scaled) {
            addCandidateInput(w, input, products, a, lanes);
        }
        run(candidates, products, candidate, h, lanes, inputs, p + 2 * h, 0);
        VectorLoop.run(
                StepLoops.BLEND_OF_LANES,
                state,
                0,
                h,
                lanes,
                products,
                0,
                weights,
                a,
                gate.coefficients);
    }

    private static void run(
            int loop, float[] x, int at, int rows, int stride, float[] p, int pAt, int to) {
        VectorLoop.run(loop, x, at, rows, stride, p, pAt, null, to, null);
    }

    /** Adds a_t W y_t + b to the products of the update and reset gates. */
    private static void addGateInput(
            RecurrentWeights w, StepInput input, float[] products, int a, int lanes) {
        for (int row = 0; row < 2 * w.hidden; row++) {
            float projection = input.projections[input.projection + row];
            for (int l = 0; l < lanes; l++) {
                products[row * lanes + l] += input.attention[a + l] * projection + w.bias[row];
            }
        }
    }

    /**
     * Adds the candidate's input to its products, times the reset gate's reciprocal, since the pass
     * that follows divides by that.
     */
    private static void addCandidateInput(
            RecurrentWeights w, StepInput input, float[] products, int a, int lanes) {
        int reset = w.hidden * lanes;
        for (int row = 2 * w.hidden; row < 3 * w.hidden; row++) {
            float projection = input.projections[input.projection + row];
            for (int at = row * lanes, l = 0; l < lanes; at++, l++) {
                float scaled = input.attention[a + l] * projection + w.bias[row];
                products[at] += scaled * products[at - reset];
            }
        }
    }

    /**
     * Hidden units are lanes. What the registers hold behind the last unit is another gate's, and
     * comes to nothing.
     *
     * @param scratch U g, and the input's part but for the candidate's, [count, gates]; behind it
     *     there is room for each candidate's powers
     * @param state g, [count, stride]
     */
    static void vectors(
            Gate gate,
            RecurrentWeights w,
            StepInput input,
            float[] scratch,
            float[] state,
            int count) {
        int h = w.hidden;
        boolean scaled = gate == Gate.SCALED_INPUT;
        boolean bounded = isBounded(gate, w, input);
        int gates = bounded ? StepLoops.BOUNDED_GATES_OF_VECTOR : StepLoops.GATES_OF_VECTOR;
        int candidates =
                bounded ? StepLoops.BOUNDED_CANDIDATE_OF_VECTOR : StepLoops.CANDIDATE_OF_VECTOR;
        float[] inputs = scaled ? w.none : input.projections;
        int p = scaled ? 0 : input.projection;
        float[] weights = gate == Gate.PLAIN ? w.none : input.attention;
        int weightsAt = gate == Gate.PLAIN ? 0 : input.t;
        int weightsStride = gate == Gate.PLAIN ? 0 : input.attentionStride;
        int powers = count * w.gates;
        for (int n = 0; n < count && scaled; n++) {
            float a = weights[weightsAt + n * weightsStride];
            addGateInput(w, input, scratch, a, n * w.gates);
        }
        run(gates, scratch, 0, h, count, null, 0, powers);
        for (int n = 0; n < count && scaled; n++) {
            float a = weights[weightsAt + n * weightsStride];
            int reset = powers + n * StepLoops.powers(h) + h;
            addCandidateInput(w, input, scratch, a, n * w.gates, reset);
        }
        run(candidates, scratch, 2 * h, h, count, inputs, p + 2 * h, powers);
        VectorLoop.run(
                StepLoops.BLEND_OF_VECTOR,
                state,
                weightsStride,
                h,
                count,
                scratch,
                powers,
                weights,
                weightsAt,
                gate.coefficients);
    }

    private static void addGateInput(
            RecurrentWeights w, StepInput input, float[] products, float a, int at) {
        for (int row = 0; row < 2 * w.hidden; row++) {
            products[at + row] += a * input.projections[input.projection + row] + w.bias[row];
        }
    }

    private static void addCandidateInput(
            RecurrentWeights w, StepInput input, float[] products, float a, int at, int reset) {
        for (int i = 0; i < w.hidden; i++) {
            int row = 2 * w.hidden + i;
            float scaled = a * input.projections[input.projection + row] + w.bias[row];
            products[at + row] += scaled * products[reset + i];
        }
    }
}
