package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The nonlinear part of a recurrent step, in the place of the products U g, in three passes: 1 +
 * 2^y of the update and reset gates; 2^y of the candidate, which needs the reset gate; the new
 * state. One pass would spare memory traffic, but the compiler gives up inlining vector operations
 * in methods with more than about a hundred of them, and then puts every vector on the heap; and
 * short passes keep more units in flight.
 */
final class VectorSteps {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = SPECIES.length();

    private VectorSteps() {}

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    /**
     * Candidates are lanes.
     *
     * @param in the projections at {@code p}
     * @param products U g, [3H, lanes]
     * @param attention a_t at {@code a}, [lanes]
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
        for (int l = 0; l < lanes; l += WIDTH) {
            if (gate == Gate.SCALED_INPUT) {
                scaledInputOfLanes(w, in, p, products, load(attention, a + l), l, lanes);
            } else {
                gatesOfLanes(w, in, p, products, l, lanes);
                candidatesOfLanes(w, in, p, products, l, lanes);
            }
            FloatVector weight = gate == Gate.PLAIN ? all(1) : load(attention, a + l);
            FloatVector base = base(gate, weight);
            FloatVector slope = slope(gate, weight);
            int end = w.hidden * lanes;
            for (int at = l; at < end; at += lanes) {
                blend(products, at, end, base, slope, state, at);
            }
        }
    }

    private static void gatesOfLanes(
            RecurrentWeights w, float[] in, int p, float[] products, int l, int lanes) {
        for (int i = 0; i < w.hidden; i++) {
            int update = i * lanes + l;
            int reset = update + w.hidden * lanes;
            gate(all(in[p + i]).add(load(products, update))).intoArray(products, update);
            gate(all(in[p + w.stride + i]).add(load(products, reset))).intoArray(products, reset);
        }
    }

    private static void candidatesOfLanes(
            RecurrentWeights w, float[] in, int p, float[] products, int l, int lanes) {
        int gateOffset = w.hidden * lanes;
        for (int i = 0; i < w.hidden; i++) {
            int reset = (w.hidden + i) * lanes + l;
            int at = reset + gateOffset;
            FloatVector moved = load(products, at).div(load(products, reset));
            VectorMath.exp2OfGate(all(in[p + 2 * w.stride + i]).add(moved)).intoArray(products, at);
        }
    }

    /** Both passes for {@link Gate#SCALED_INPUT}, whose input is a_t W y_t + b. */
    private static void scaledInputOfLanes(
            RecurrentWeights w,
            float[] in,
            int p,
            float[] products,
            FloatVector a,
            int l,
            int lanes) {
        for (int k = 0; k < 3; k++) {
            for (int i = 0; i < w.hidden; i++) {
                int at = (k * w.hidden + i) * lanes + l;
                int from = k * w.stride + i;
                FloatVector input = a.fma(all(in[p + from]), all(w.bias[from]));
                FloatVector y = load(products, at);
                if (k < 2) {
                    gate(input.add(y)).intoArray(products, at);
                } else {
                    FloatVector moved = y.div(load(products, at - w.hidden * lanes));
                    VectorMath.exp2OfGate(input.add(moved)).intoArray(products, at);
                }
            }
        }
    }

    /**
     * Hidden units are lanes.
     *
     * @param in the projections at {@code p}
     * @param products U g, [count, 3 * stride]
     * @param attention a_t of candidate n at {@code a + n * attentionStride}
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
        int stride = w.stride;
        for (int n = 0; n < count; n++) {
            int from = 3 * n * stride;
            float weight = gate == Gate.PLAIN ? 1 : attention[a + n * attentionStride];
            if (gate == Gate.SCALED_INPUT) {
                scaledInputOfVector(w, in, p, products, from, weight);
            } else {
                gatesOfVector(w, in, p, products, from);
                candidatesOfVector(w, in, p, products, from);
            }
            FloatVector base = base(gate, all(weight));
            FloatVector slope = slope(gate, all(weight));
            for (int v = 0; v < stride; v += WIDTH) {
                blend(products, from + v, stride, base, slope, state, n * stride + v);
            }
        }
    }

    private static void gatesOfVector(
            RecurrentWeights w, float[] in, int p, float[] products, int from) {
        for (int v = 0; v < 2 * w.stride; v += WIDTH) {
            gate(load(in, p + v).add(load(products, from + v))).intoArray(products, from + v);
        }
    }

    private static void candidatesOfVector(
            RecurrentWeights w, float[] in, int p, float[] products, int from) {
        for (int v = 2 * w.stride; v < 3 * w.stride; v += WIDTH) {
            FloatVector moved = load(products, from + v).div(load(products, from + v - w.stride));
            VectorMath.exp2OfGate(load(in, p + v).add(moved)).intoArray(products, from + v);
        }
    }

    private static void scaledInputOfVector(
            RecurrentWeights w, float[] in, int p, float[] products, int from, float weight) {
        FloatVector a = all(weight);
        for (int v = 0; v < 3 * w.stride; v += WIDTH) {
            FloatVector input = a.fma(load(in, p + v), load(w.bias, v));
            FloatVector y = load(products, from + v);
            if (v < 2 * w.stride) {
                gate(input.add(y)).intoArray(products, from + v);
            } else {
                FloatVector moved = y.div(load(products, from + v - w.stride));
                VectorMath.exp2OfGate(input.add(moved)).intoArray(products, from + v);
            }
        }
    }

    /** 1 + 2^y: a gate's reciprocal. */
    private static FloatVector gate(FloatVector y) {
        return VectorMath.exp2OfGate(y).add(1f);
    }

    /**
     * g + v (c - g) for c = (1 - E) / (1 + E) and v = base + slope / U, where U = 1 + 2^y of the
     * update gate is at {@code at} and E = 2^y of the candidate two gates further; all in one
     * division.
     */
    private static void blend(
            float[] products,
            int at,
            int gateOffset,
            FloatVector base,
            FloatVector slope,
            float[] state,
            int stateAt) {
        FloatVector u = load(products, at);
        FloatVector e = load(products, at + 2 * gateOffset);
        FloatVector g = load(state, stateAt);
        FloatVector one = all(1);
        // (c - g) (1 + E) = (1 - g) - E (1 + g); v U = base U + slope
        FloatVector move = one.sub(g).sub(e.mul(one.add(g))).mul(base.fma(u, slope));
        g.add(move.div(u.mul(e.add(one)))).intoArray(state, stateAt);
    }

    /** What the update gate is where u is 0. */
    private static FloatVector base(Gate gate, FloatVector a) {
        return gate == Gate.REPLACED || gate == Gate.OFFICIAL ? a : all(0);
    }

    /** What it gains as u goes to 1. */
    private static FloatVector slope(Gate gate, FloatVector a) {
        return switch (gate) {
            case PLAIN, SCALED_INPUT -> all(1);
            case PAPER -> a;
            case OFFICIAL -> all(1).sub(a);
            case REPLACED -> all(0);
        };
    }
}
