package io.dienstream.dien.kernel.vector;

import io.dienstream.dien.kernel.Gate;
import io.dienstream.dien.kernel.RecurrentWeights;
import io.dienstream.dien.kernel.StepInput;
import io.dienstream.dien.kernel.Tile;

/**
 * A recurrent step: the product U g of all three gates at once, and three passes over it. 1 + 2^y
 * of the update and reset gates; 2^y of the candidate, which needs the reset gate; the new state g
 * + v (c - g). With c = (1 - E) / (1 + E), v = base + slope / U, U = 1 + 2^y of the update gate and
 * E = 2^y of the candidate that last one is one division: (c - g) (1 + E) = (1 - g) - E (1 + g),
 * and v U = base U + slope.
 *
 * <p>The passes are loops of their own, each behind {@link JitBoundary}: in one they would be more
 * than the compiler inlines. {@link GruOfLanes} and {@link GruOfVectors} have them for the two
 * layouts, {@link StepScratch} says what lies where between them.
 */
final class GruStep {
    private GruStep() {}

    /** As {@link io.dienstream.dien.kernel.Kernels#step}. */
    static void step(StepInput input, Tile tile, float[] state, float[] scratch) {
        int gateInputs = StepScratch.gateInputs(input.weights(), tile.candidates());
        putGateInputs(input, scratch, gateInputs);
        if (tile.isLanes()) {
            GruOfLanes.step(input, tile, state, scratch, gateInputs);
        } else {
            GruOfVectors.step(input, tile, state, scratch, gateInputs);
        }
    }

    /**
     * What the product U g is added to: the update and reset gates' input, which is then in no loop
     * of its own, and zeros for the candidate, whose reset gate comes between. A scaled input
     * differs from candidate to candidate and is added later.
     */
    private static void putGateInputs(StepInput input, float[] scratch, int to) {
        RecurrentWeights w = input.weights();
        int gates = input.gate() == Gate.SCALED_INPUT ? 0 : 2 * w.hidden;
        System.arraycopy(input.projections(), input.projection(), scratch, to, gates);
        System.arraycopy(w.zeros, 0, scratch, to + gates, w.gates - gates);
    }
}
