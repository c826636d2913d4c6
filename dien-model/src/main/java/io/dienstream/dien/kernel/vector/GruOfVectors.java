package io.dienstream.dien.kernel.vector;

import static io.dienstream.dien.kernel.vector.Registers.WIDTH;
import static io.dienstream.dien.kernel.vector.Registers.all;
import static io.dienstream.dien.kernel.vector.Registers.load;

import io.dienstream.dien.kernel.Gate;
import io.dienstream.dien.kernel.RecurrentWeights;
import io.dienstream.dien.kernel.StepInput;
import io.dienstream.dien.kernel.Tile;
import jdk.incubator.vector.FloatVector;

/**
 * {@link GruStep} where candidates are vectors: hidden units are lanes. What a register holds
 * behind the last unit is another gate's, and comes to nothing.
 */
final class GruOfVectors {
    private static final JitBoundary.Loop<StepInput> GATES = JitBoundary.register(new Gates());
    private static final JitBoundary.Loop<StepInput> CANDIDATE =
            JitBoundary.register(new Candidate());
    private static final JitBoundary.Loop<StepInput> BLEND = JitBoundary.register(new Blend());

    private GruOfVectors() {}

    /**
     * @param state g, [count, stride]
     * @param scratch {@link StepScratch}, with the inputs of gates
     */
    static void step(StepInput input, Tile tile, float[] state, float[] scratch, int gateInputs) {
        RecurrentWeights w = input.weights();
        int h = w.hidden;
        int count = tile.candidates();
        boolean scaled = input.gate() == Gate.SCALED_INPUT;
        if (input.isFromZero()) {
            for (int at = 0; at < count * w.gates; at += w.gates) {
                System.arraycopy(scratch, gateInputs, scratch, at, w.gates);
            }
        } else {
            RowMajorMatMul.dense(
                    w.recurrent, scratch, gateInputs, state, 0, w.stride, count, scratch);
        }
        for (int n = 0; n < count && scaled; n++) {
            addGateInput(input, n, scratch);
        }
        JitBoundary.run(GATES, tile, h, input, scratch, scratch);
        for (int n = 0; n < count && scaled; n++) {
            addCandidateInput(input, n, count, scratch);
        }
        JitBoundary.run(CANDIDATE, tile, h, input, scratch, scratch);
        JitBoundary.run(BLEND, tile, h, input, scratch, state);
    }

    /** a_t of candidate {@code n}. */
    private static float attention(StepInput input, int n) {
        return input.attention()[input.attentionStep() + n * input.attentionStride()];
    }

    /** Adds a_t W y_t + b to the products of one candidate's update and reset gates. */
    private static void addGateInput(StepInput input, int n, float[] products) {
        RecurrentWeights w = input.weights();
        float a = attention(input, n);
        int at = n * w.gates;
        for (int row = 0; row < 2 * w.hidden; row++) {
            products[at + row] += a * input.projections()[input.projection() + row] + w.bias[row];
        }
    }

    /** As {@link GruOfLanes} adds the candidate's input, to one candidate's products. */
    private static void addCandidateInput(StepInput input, int n, int count, float[] scratch) {
        RecurrentWeights w = input.weights();
        float a = attention(input, n);
        int at = n * w.gates;
        int reset = count * w.gates + n * StepScratch.powers(w.hidden) + w.hidden;
        for (int i = 0; i < w.hidden; i++) {
            int row = 2 * w.hidden + i;
            float scaled = a * input.projections()[input.projection() + row] + w.bias[row];
            scratch[at + row] += scaled * scratch[reset + i];
        }
    }

    /** Among the powers: 1 + 2^y of the update and reset gates, side by side. */
    private static final class Gates extends JitBoundary {
        @Override
        void apply(Tile tile, int hidden, Object parameters, float[] in, float[] scratch) {
            int count = tile.candidates();
            int gates = ((StepInput) parameters).weights().gates;
            int powers = StepScratch.powers(hidden);
            int to = count * gates;
            for (int n = 0, at = 0; n < count; n++, at += gates, to += powers) {
                for (int v = 0; v < 2 * hidden; v += WIDTH) {
                    FloatVector power = FastExp.exp2OfGate(load(scratch, at + v));
                    power.add(1f).intoArray(scratch, to + v);
                }
            }
        }
    }

    /** Among the powers: 2^y of the candidate, y its input and what the reset gate left. */
    private static final class Candidate extends JitBoundary {
        @Override
        void apply(Tile tile, int hidden, Object parameters, float[] in, float[] scratch) {
            StepInput step = (StepInput) parameters;
            float[] inputs = step.candidateInputs();
            int input = step.candidateInput();
            int count = tile.candidates();
            int gates = step.weights().gates;
            int powers = StepScratch.powers(hidden);
            int reset = count * gates + hidden;
            int to = count * gates + StepScratch.candidate(hidden);
            int at = 2 * hidden;
            for (int n = 0; n < count; n++, at += gates, reset += powers, to += powers) {
                for (int v = 0; v < hidden; v += WIDTH) {
                    FloatVector moved = load(scratch, at + v).div(load(scratch, reset + v));
                    FloatVector y = load(inputs, input + v).add(moved);
                    FastExp.exp2OfGate(y).intoArray(scratch, to + v);
                }
            }
        }
    }

    /** The new state from the powers that are left in the scratch. */
    private static final class Blend extends JitBoundary {
        @Override
        void apply(Tile tile, int hidden, Object parameters, float[] scratch, float[] states) {
            StepInput step = (StepInput) parameters;
            Gate gate = step.gate();
            float[] attention = step.attention();
            int stride = step.attentionStride();
            int count = tile.candidates();
            int powers = StepScratch.powers(hidden);
            int candidate = StepScratch.candidate(hidden);
            FloatVector one = all(1);
            int from = count * step.weights().gates;
            int state = 0;
            for (int n = 0, a = step.attentionStep(); n < count; n++, from += powers, a += stride) {
                FloatVector base = all(gate.base * attention[a]);
                FloatVector slope = all(gate.constant + gate.factor * attention[a]);
                for (int v = 0; v < hidden; v += WIDTH, state += WIDTH) {
                    FloatVector u = load(scratch, from + v);
                    FloatVector e = load(scratch, from + candidate + v);
                    FloatVector g = load(states, state);
                    FloatVector move = one.sub(g).sub(e.mul(one.add(g))).mul(base.fma(u, slope));
                    g.add(move.div(u.mul(e.add(one)))).intoArray(states, state);
                }
            }
        }
    }
}
