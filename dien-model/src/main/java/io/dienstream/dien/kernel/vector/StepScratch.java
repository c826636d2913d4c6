package io.dienstream.dien.kernel.vector;

import static io.dienstream.dien.kernel.vector.Registers.padded;

import io.dienstream.dien.kernel.RecurrentWeights;

/**
 * How the scratch of a recurrent step is divided, for n candidates of a tile, H units, G = 3H
 * padded to registers:
 *
 * <pre>
 * 0                n G             n (G + P)         n (G + P) + G
 * | products       | powers        | gate inputs     |
 *
 * products    [3H, n] of lanes, [n, G] of vectors: U g, update gate | reset gate | candidate;
 *             of lanes what becomes of them is written in their place
 * powers      [n, P] of vectors: 1 + 2^y of update gate | reset gate | a gap | 2^y of the candidate
 * gate inputs [G]: the input's part of update gate | reset gate, and zeros
 * </pre>
 *
 * <p>Where units are the register's lanes, gates do not begin with a register, and the last
 * register of one holds numbers of the next. Those are computed with it and mean nothing, so
 * results must not be written over what is still to be read: hence the powers. The gap keeps the
 * candidate's powers out of the register that is loaded with the last of the reset gate, because
 * what loads a part of what is being stored waits for it (decision 62).
 */
final class StepScratch {
    private StepScratch() {}

    /** All of it. */
    static int numbers(RecurrentWeights w, int candidates) {
        return gateInputs(w, candidates) + w.gates;
    }

    /** Where the inputs of gates begin. */
    static int gateInputs(RecurrentWeights w, int candidates) {
        return candidates * (w.gates + powers(w.hidden));
    }

    /** P, numbers of one vector's powers. */
    static int powers(int hidden) {
        return candidate(hidden) + padded(hidden);
    }

    /** Where among a vector's powers the candidate's are. */
    static int candidate(int hidden) {
        return padded(hidden + padded(hidden));
    }
}
