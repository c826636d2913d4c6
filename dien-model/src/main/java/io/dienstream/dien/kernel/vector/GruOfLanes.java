package io.dienstream.dien.kernel.vector;

import static io.dienstream.dien.kernel.vector.Registers.WIDTH;
import static io.dienstream.dien.kernel.vector.Registers.all;
import static io.dienstream.dien.kernel.vector.Registers.load;

import io.dienstream.dien.kernel.Gate;
import io.dienstream.dien.kernel.RecurrentWeights;
import io.dienstream.dien.kernel.StepInput;
import io.dienstream.dien.kernel.Tile;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * {@link GruStep} where candidates are lanes: rows of one register or two, gate after gate. A pass
 * takes its rows' registers in their order.
 */
final class GruOfLanes {
    private static final JitBoundary.Loop<StepInput> GATES = JitBoundary.register(new Gates());
    private static final JitBoundary.Loop<StepInput> CANDIDATE =
            JitBoundary.register(new Candidate());
    private static final JitBoundary.Loop<StepInput> BLEND = JitBoundary.register(new Blend());

    private GruOfLanes() {}

    /**
     * @param state g, [H, lanes]
     * @param scratch {@link StepScratch}, with the inputs of gates
     */
    static void step(StepInput input, Tile tile, float[] state, float[] scratch, int gateInputs) {
        RecurrentWeights w = input.weights();
        int h = w.hidden;
        boolean scaled = input.gate() == Gate.SCALED_INPUT;
        if (input.isFromZero()) {
            int lanes = tile.candidates();
            for (int row = 0; row < 3 * h; row++) {
                Arrays.fill(scratch, row * lanes, (row + 1) * lanes, scratch[gateInputs + row]);
            }
        } else {
            LaneMajorMatMul.dense(w.recurrent, scratch, gateInputs, tile, state, scratch);
        }
        if (scaled) {
            addGateInput(input, scratch, tile.candidates());
        }
        JitBoundary.run(GATES, tile, h, input, scratch, scratch);
        if (scaled) {
            addCandidateInput(input, scratch, tile.candidates());
        }
        JitBoundary.run(CANDIDATE, tile, h, input, scratch, scratch);
        JitBoundary.run(BLEND, tile, h, input, scratch, state);
    }

    /** Adds a_t W y_t + b to the products of the update and reset gates. */
    private static void addGateInput(StepInput input, float[] products, int lanes) {
        RecurrentWeights w = input.weights();
        float[] attention = input.attention();
        int a = input.attentionStep() * lanes;
        for (int row = 0; row < 2 * w.hidden; row++) {
            float projection = input.projections()[input.projection() + row];
            for (int l = 0; l < lanes; l++) {
                products[row * lanes + l] += attention[a + l] * projection + w.bias[row];
            }
        }
    }

    /**
     * Adds the candidate's input to its products, times the reset gate's reciprocal, since the pass
     * that follows divides by that.
     */
    private static void addCandidateInput(StepInput input, float[] products, int lanes) {
        RecurrentWeights w = input.weights();
        float[] attention = input.attention();
        int a = input.attentionStep() * lanes;
        int reset = w.hidden * lanes;
        for (int row = 2 * w.hidden; row < 3 * w.hidden; row++) {
            float projection = input.projections()[input.projection() + row];
            for (int at = row * lanes, l = 0; l < lanes; at++, l++) {
                float scaled = attention[a + l] * projection + w.bias[row];
                products[at] += scaled * products[at - reset];
            }
        }
    }

    /** In place of the products of the update and reset gates: 1 + 2^y. */
    private static final class Gates extends JitBoundary {
        @Override
        void apply(Tile tile, int hidden, Object parameters, float[] in, float[] products) {
            int registers = 2 * hidden << tile.candidates() / WIDTH - 1;
            for (int k = 0, at = 0; k < registers; k++, at += WIDTH) {
                FastExp.exp2OfGate(load(products, at)).add(1f).intoArray(products, at);
            }
        }
    }

    /**
     * In place of the products of the candidate: 2^y, y their input and what the reset gate left.
     */
    private static final class Candidate extends JitBoundary {
        @Override
        void apply(Tile tile, int hidden, Object parameters, float[] in, float[] products) {
            StepInput step = (StepInput) parameters;
            float[] inputs = step.candidateInputs();
            int input = step.candidateInput();
            int reset = hidden * tile.candidates();
            int shift = tile.candidates() / WIDTH - 1;
            int registers = hidden << shift;
            for (int k = 0, at = 2 * reset; k < registers; k++, at += WIDTH) {
                FloatVector moved = load(products, at).div(load(products, at - reset));
                FloatVector y = all(inputs[input + (k >> shift)]).add(moved);
                FastExp.exp2OfGate(y).intoArray(products, at);
            }
        }
    }

    /**
     * The new state from the powers that are left in the scratch, two registers at a time: those of
     * a row, or of two rows. Behind an odd last row that is padding's, which means nothing.
     */
    private static final class Blend extends JitBoundary {
        @Override
        void apply(Tile tile, int hidden, Object parameters, float[] powers, float[] state) {
            StepInput step = (StepInput) parameters;
            Gate gate = step.gate();
            int lanes = tile.candidates();
            int attention = step.attentionStep() * lanes;
            FloatVector one = all(1);
            FloatVector a = load(step.attention(), attention);
            FloatVector base = a.mul(gate.base);
            FloatVector slope = a.fma(all(gate.factor), all(gate.constant));
            FloatVector b = load(step.attention(), attention + lanes - WIDTH);
            FloatVector baseB = b.mul(gate.base);
            FloatVector slopeB = b.fma(all(gate.factor), all(gate.constant));
            int end = hidden * lanes;
            for (int i = 0; i < end; i += 2 * WIDTH) {
                FloatVector u = load(powers, i);
                FloatVector e = load(powers, i + 2 * end);
                FloatVector g = load(state, i);
                FloatVector move = one.sub(g).sub(e.mul(one.add(g))).mul(base.fma(u, slope));
                g.add(move.div(u.mul(e.add(one)))).intoArray(state, i);
                int j = i + WIDTH;
                u = load(powers, j);
                e = load(powers, j + 2 * end);
                g = load(state, j);
                move = one.sub(g).sub(e.mul(one.add(g))).mul(baseB.fma(u, slopeB));
                g.add(move.div(u.mul(e.add(one)))).intoArray(state, j);
            }
        }
    }
}
