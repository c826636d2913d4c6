package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Recurrent steps where candidates are lanes. The products of two units' three gates and their
 * nonlinearities are one block, so that the gates' arithmetic fills the gaps that the products
 * leave, and nothing in between goes through memory.
 */
final class LaneSteps {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = SPECIES.length();

    private LaneSteps() {}

    /** One step of all units for the lanes at {@code l}: two registers of them, or one. */
    static void step(
            Gate gate,
            RecurrentWeights w,
            float[] projections,
            int projection,
            float[] attention,
            int attentionAt,
            float[] state,
            float[] next,
            int lanes) {
        for (int l = 0; l < lanes; l += 2 * WIDTH) {
            for (int i = 0; i < w.hidden; i += 2) {
                // an odd last unit is computed twice
                int j = Math.min(i + 1, w.hidden - 1);
                if (l + WIDTH < lanes) {
                    twoRegisters(
                            gate,
                            w,
                            projections,
                            projection,
                            attention,
                            attentionAt,
                            state,
                            next,
                            lanes,
                            l,
                            i,
                            j);
                } else {
                    oneRegister(
                            gate,
                            w,
                            projections,
                            projection,
                            attention,
                            attentionAt,
                            state,
                            next,
                            lanes,
                            l,
                            i,
                            j);
                }
            }
        }
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    /** Where a gate's product starts: at the projection. */
    private static FloatVector start(
            Gate gate, RecurrentWeights w, float input, int bias, FloatVector a) {
        return gate == Gate.SCALED_INPUT ? a.fma(all(input), all(w.bias[bias])) : all(input);
    }

    private static FloatVector attention(Gate gate, float[] attention, int at) {
        return gate == Gate.PLAIN ? all(1) : load(attention, at);
    }

    private static void twoRegisters(
            Gate gate,
            RecurrentWeights w,
            float[] in,
            int p,
            float[] attention,
            int attentionAt,
            float[] state,
            float[] next,
            int lanes,
            int l,
            int i,
            int j) {
        int h = w.hidden;
        int s = w.stride;
        FloatVector aa = attention(gate, attention, attentionAt + l);
        FloatVector ab = attention(gate, attention, attentionAt + l + WIDTH);
        FloatVector u0a = start(gate, w, in[p + i], i, aa);
        FloatVector u0b = start(gate, w, in[p + i], i, ab);
        FloatVector u1a = start(gate, w, in[p + j], j, aa);
        FloatVector u1b = start(gate, w, in[p + j], j, ab);
        FloatVector r0a = start(gate, w, in[p + s + i], s + i, aa);
        FloatVector r0b = start(gate, w, in[p + s + i], s + i, ab);
        FloatVector r1a = start(gate, w, in[p + s + j], s + j, aa);
        FloatVector r1b = start(gate, w, in[p + s + j], s + j, ab);
        FloatVector c0a = all(0);
        FloatVector c0b = c0a;
        FloatVector c1a = c0a;
        FloatVector c1b = c0a;
        float[] weights = w.byRow;
        int wi = i * h;
        int wj = j * h;
        int square = h * h;
        for (int c = 0, at = l; c < h; c++, at += lanes) {
            FloatVector ga = load(state, at);
            FloatVector gb = load(state, at + WIDTH);
            FloatVector x = all(weights[wi + c]);
            u0a = x.fma(ga, u0a);
            u0b = x.fma(gb, u0b);
            x = all(weights[wj + c]);
            u1a = x.fma(ga, u1a);
            u1b = x.fma(gb, u1b);
            x = all(weights[wi + square + c]);
            r0a = x.fma(ga, r0a);
            r0b = x.fma(gb, r0b);
            x = all(weights[wj + square + c]);
            r1a = x.fma(ga, r1a);
            r1b = x.fma(gb, r1b);
            x = all(weights[wi + 2 * square + c]);
            c0a = x.fma(ga, c0a);
            c0b = x.fma(gb, c0b);
            x = all(weights[wj + 2 * square + c]);
            c1a = x.fma(ga, c1a);
            c1b = x.fma(gb, c1b);
        }
        int iAt = i * lanes + l;
        int jAt = j * lanes + l;
        int ci = 2 * s + i;
        int cj = 2 * s + j;
        finish(gate, start(gate, w, in[p + ci], ci, aa), u0a, r0a, c0a, aa, state, next, iAt);
        finish(
                gate,
                start(gate, w, in[p + ci], ci, ab),
                u0b,
                r0b,
                c0b,
                ab,
                state,
                next,
                iAt + WIDTH);
        finish(gate, start(gate, w, in[p + cj], cj, aa), u1a, r1a, c1a, aa, state, next, jAt);
        finish(
                gate,
                start(gate, w, in[p + cj], cj, ab),
                u1b,
                r1b,
                c1b,
                ab,
                state,
                next,
                jAt + WIDTH);
    }

    private static void finish(
            Gate gate,
            FloatVector candidateInput,
            FloatVector update,
            FloatVector reset,
            FloatVector product,
            FloatVector a,
            float[] state,
            float[] next,
            int at) {
        cell(gate, candidateInput, update, reset, product, a, load(state, at)).intoArray(next, at);
    }

    /** The nonlinear part: everything in the scale of {@link RecurrentWeights}. */
    static FloatVector cell(
            Gate gate,
            FloatVector candidateInput,
            FloatVector update,
            FloatVector reset,
            FloatVector product,
            FloatVector a,
            FloatVector g) {
        FloatVector candidate = VectorMath.gate(reset).fma(product, candidateInput);
        // v = base + slope u
        FloatVector base = a;
        FloatVector slope = all(0);
        if (gate == Gate.PAPER) {
            base = slope;
            slope = a;
        } else if (gate == Gate.OFFICIAL) {
            slope = all(1).sub(a);
        } else if (gate != Gate.REPLACED) {
            base = slope;
            slope = all(1);
        }
        return VectorMath.blend(update, candidate, base, slope, g);
    }

    private static void oneRegister(
            Gate gate,
            RecurrentWeights w,
            float[] in,
            int p,
            float[] attention,
            int attentionAt,
            float[] state,
            float[] next,
            int lanes,
            int l,
            int i,
            int j) {
        int h = w.hidden;
        int s = w.stride;
        FloatVector a = attention(gate, attention, attentionAt + l);
        FloatVector u0 = start(gate, w, in[p + i], i, a);
        FloatVector u1 = start(gate, w, in[p + j], j, a);
        FloatVector r0 = start(gate, w, in[p + s + i], s + i, a);
        FloatVector r1 = start(gate, w, in[p + s + j], s + j, a);
        FloatVector c0 = all(0);
        FloatVector c1 = c0;
        float[] weights = w.byRow;
        int wi = i * h;
        int wj = j * h;
        int square = h * h;
        for (int c = 0, at = l; c < h; c++, at += lanes) {
            FloatVector g = load(state, at);
            u0 = g.fma(all(weights[wi + c]), u0);
            u1 = g.fma(all(weights[wj + c]), u1);
            r0 = g.fma(all(weights[wi + square + c]), r0);
            r1 = g.fma(all(weights[wj + square + c]), r1);
            c0 = g.fma(all(weights[wi + 2 * square + c]), c0);
            c1 = g.fma(all(weights[wj + 2 * square + c]), c1);
        }
        int iAt = i * lanes + l;
        int jAt = j * lanes + l;
        int ci = 2 * s + i;
        int cj = 2 * s + j;
        finish(gate, start(gate, w, in[p + ci], ci, a), u0, r0, c0, a, state, next, iAt);
        finish(gate, start(gate, w, in[p + cj], cj, a), u1, r1, c1, a, state, next, jAt);
    }
}
