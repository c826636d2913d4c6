package io.dienstream.dien.kernel;

/** A recurrent step's passes in their order; {@link StepLoops} says what each does. */
final class VectorSteps {
    private static final int WIDTH = VectorLoop.WIDTH;

    private VectorSteps() {}

    /**
     * Candidates are lanes.
     *
     * @param in the projections at {@code p}
     * @param products U g, [3H, lanes]
     * @param attention a_t at {@code a}, [lanes]; ignored by {@link Gate#PLAIN}
     * @param state g, [H, lanes]
     */
    static void lanes(
            Gate gate,
            RecurrentWeights w,
            float[] in,
            int p,
            float[] products,
            float[] attention,
            int a,
            float[] state,
            int lanes) {
        int h = w.hidden;
        boolean scaled = gate == Gate.SCALED_INPUT;
        float[] inputs = scaled ? w.none : in;
        int pu = scaled ? 0 : p;
        int pr = scaled ? 0 : p + w.stride;
        int pc = scaled ? 0 : p + 2 * w.stride;
        float[] weights = gate == Gate.PLAIN ? w.none : attention;
        for (int l = 0; l < lanes; l += WIDTH) {
            int reset = l + h * lanes;
            int candidate = reset + h * lanes;
            if (scaled) {
                addGateInput(w, in, p, products, attention, a + l, l, lanes);
            }
            run(StepLoops.GATE_OF_LANES, products, l, h, lanes, inputs, pu);
            run(StepLoops.GATE_OF_LANES, products, reset, h, lanes, inputs, pr);
            if (scaled) {
                addCandidateInput(w, in, p, products, attention, a + l, candidate, lanes);
            }
            run(StepLoops.CANDIDATE_OF_LANES, products, candidate, h, lanes, inputs, pc);
            int weightsAt = gate == Gate.PLAIN ? 0 : a + l;
            VectorLoop.run(
                    StepLoops.BLEND_OF_LANES,
                    state,
                    l,
                    h,
                    lanes,
                    products,
                    0,
                    weights,
                    weightsAt,
                    gate.coefficients);
        }
    }

    private static void run(int loop, float[] x, int at, int rows, int stride, float[] p, int pAt) {
        VectorLoop.run(loop, x, at, rows, stride, p, pAt, null, 0, null);
    }

    /** Adds a_t W y_t + b to the products of the update and reset gates. */
    private static void addGateInput(
            RecurrentWeights w,
            float[] in,
            int p,
            float[] products,
            float[] attention,
            int a,
            int at,
            int lanes) {
        for (int row = 0; row < 2 * w.hidden; row++, at += lanes) {
            int from = row < w.hidden ? row : row - w.hidden + w.stride;
            float input = in[p + from];
            float bias = w.bias[from];
            for (int l = 0; l < WIDTH; l++) {
                products[at + l] += attention[a + l] * input + bias;
            }
        }
    }

    /**
     * Adds the candidate's input to its products, times the reset gate's reciprocal, since the pass
     * that follows divides by that.
     */
    private static void addCandidateInput(
            RecurrentWeights w,
            float[] in,
            int p,
            float[] products,
            float[] attention,
            int a,
            int at,
            int lanes) {
        int reset = w.hidden * lanes;
        for (int i = 0; i < w.hidden; i++, at += lanes) {
            float input = in[p + 2 * w.stride + i];
            float bias = w.bias[2 * w.stride + i];
            for (int l = 0; l < WIDTH; l++) {
                float scaled = attention[a + l] * input + bias;
                products[at + l] += scaled * products[at - reset + l];
            }
        }
    }

    /**
     * Hidden units are lanes.
     *
     * @param in the projections at {@code p}
     * @param products U g, [count, 3 * stride]
     * @param attention a_t of candidate n at {@code a + n * attentionStride}; ignored by {@link
     *     Gate#PLAIN}
     * @param state g, [count, stride]
     */
    static void vectors(
            Gate gate,
            RecurrentWeights w,
            float[] in,
            int p,
            float[] products,
            float[] attention,
            int a,
            int attentionStride,
            float[] state,
            int count) {
        int h = w.hidden;
        int stride = w.stride;
        boolean scaled = gate == Gate.SCALED_INPUT;
        float[] weights = gate == Gate.PLAIN ? w.none : attention;
        for (int n = 0; n < count; n++) {
            int gates = 3 * n * stride;
            int candidate = gates + 2 * stride;
            int weightsAt = gate == Gate.PLAIN ? 0 : a + n * attentionStride;
            if (scaled) {
                float weight = weights[weightsAt];
                for (int v = 0; v < 2 * stride; v++) {
                    products[gates + v] += weight * in[p + v] + w.bias[v];
                }
                run(StepLoops.GATES_OF_VECTOR, products, gates, h, stride, w.none, 0);
                for (int v = 2 * stride; v < 3 * stride; v++) {
                    float input = weight * in[p + v] + w.bias[v];
                    products[gates + v] += input * products[gates + v - stride];
                }
                run(StepLoops.CANDIDATE_OF_VECTOR, products, candidate, h, stride, w.none, 0);
            } else {
                run(StepLoops.GATES_OF_VECTOR, products, gates, h, stride, in, p);
                int pc = p + 2 * stride;
                run(StepLoops.CANDIDATE_OF_VECTOR, products, candidate, h, stride, in, pc);
            }
            VectorLoop.run(
                    StepLoops.BLEND_OF_VECTOR,
                    state,
                    n * stride,
                    h,
                    stride,
                    products,
                    gates,
                    weights,
                    weightsAt,
                    gate.coefficients);
        }
    }
}
