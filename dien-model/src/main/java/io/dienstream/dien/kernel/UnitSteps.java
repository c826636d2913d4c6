package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Recurrent steps where hidden units are the register's lanes: four candidates side by side, which
 * share the loads of weights, or one alone, whose sum over the state is kept in four parts so that
 * additions do not wait for each other.
 */
final class UnitSteps {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = SPECIES.length();

    private UnitSteps() {}

    /**
     * One step of {@code count} candidates.
     *
     * @param attention a_t of candidate n at {@code attentionAt + n * attentionStride}
     * @param state [count, stride]
     */
    static void step(
            Gate gate,
            RecurrentWeights w,
            float[] projections,
            int projection,
            float[] attention,
            int attentionAt,
            int attentionStride,
            float[] state,
            float[] next,
            int count) {
        for (int v = 0; v < w.stride; v += WIDTH) {
            int n = 0;
            for (; n + 4 <= count; n += 4) {
                four(
                        gate,
                        w,
                        projections,
                        projection,
                        attention,
                        attentionAt + n * attentionStride,
                        attentionStride,
                        state,
                        next,
                        n * w.stride,
                        v);
            }
            for (; n < count; n++) {
                float a = gate == Gate.PLAIN ? 1 : attention[attentionAt + n * attentionStride];
                one(gate, w, projections, projection, a, state, next, n * w.stride, v);
            }
        }
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    private static void four(
            Gate gate,
            RecurrentWeights w,
            float[] projections,
            int projection,
            float[] attention,
            int at,
            int attentionStride,
            float[] state,
            float[] next,
            int g,
            int v) {
        FloatVector au = all(0);
        FloatVector ar = au;
        FloatVector ac = au;
        FloatVector bu = au;
        FloatVector br = au;
        FloatVector bc = au;
        FloatVector cu = au;
        FloatVector cr = au;
        FloatVector cc = au;
        FloatVector du = au;
        FloatVector dr = au;
        FloatVector dc = au;
        int s = w.stride;
        float[] wt = w.transposed;
        for (int c = 0, k = v; c < w.hidden; c++, k += 3 * s) {
            FloatVector wu = load(wt, k);
            FloatVector wr = load(wt, k + s);
            FloatVector wc = load(wt, k + 2 * s);
            FloatVector x = all(state[g + c]);
            au = x.fma(wu, au);
            ar = x.fma(wr, ar);
            ac = x.fma(wc, ac);
            x = all(state[g + s + c]);
            bu = x.fma(wu, bu);
            br = x.fma(wr, br);
            bc = x.fma(wc, bc);
            x = all(state[g + 2 * s + c]);
            cu = x.fma(wu, cu);
            cr = x.fma(wr, cr);
            cc = x.fma(wc, cc);
            x = all(state[g + 3 * s + c]);
            du = x.fma(wu, du);
            dr = x.fma(wr, dr);
            dc = x.fma(wc, dc);
        }
        boolean plain = gate == Gate.PLAIN;
        float a = plain ? 1 : attention[at];
        float b = plain ? 1 : attention[at + attentionStride];
        float c = plain ? 1 : attention[at + 2 * attentionStride];
        float d = plain ? 1 : attention[at + 3 * attentionStride];
        int p = projection + v;
        finish(gate, w, projections, p, au, ar, ac, a, state, next, g + v, v);
        finish(gate, w, projections, p, bu, br, bc, b, state, next, g + s + v, v);
        finish(gate, w, projections, p, cu, cr, cc, c, state, next, g + 2 * s + v, v);
        finish(gate, w, projections, p, du, dr, dc, d, state, next, g + 3 * s + v, v);
    }

    private static void one(
            Gate gate,
            RecurrentWeights w,
            float[] projections,
            int projection,
            float attention,
            float[] state,
            float[] next,
            int g,
            int v) {
        FloatVector u0 = all(0);
        FloatVector u1 = u0;
        FloatVector u2 = u0;
        FloatVector u3 = u0;
        FloatVector r0 = u0;
        FloatVector r1 = u0;
        FloatVector r2 = u0;
        FloatVector r3 = u0;
        FloatVector c0 = u0;
        FloatVector c1 = u0;
        FloatVector c2 = u0;
        FloatVector c3 = u0;
        int s = w.stride;
        int column = 3 * s;
        float[] wt = w.transposed;
        int c = 0;
        int k = v;
        for (; c + 4 <= w.hidden; c += 4, k += 4 * column) {
            FloatVector x = all(state[g + c]);
            u0 = x.fma(load(wt, k), u0);
            r0 = x.fma(load(wt, k + s), r0);
            c0 = x.fma(load(wt, k + 2 * s), c0);
            x = all(state[g + c + 1]);
            u1 = x.fma(load(wt, k + column), u1);
            r1 = x.fma(load(wt, k + column + s), r1);
            c1 = x.fma(load(wt, k + column + 2 * s), c1);
            x = all(state[g + c + 2]);
            u2 = x.fma(load(wt, k + 2 * column), u2);
            r2 = x.fma(load(wt, k + 2 * column + s), r2);
            c2 = x.fma(load(wt, k + 2 * column + 2 * s), c2);
            x = all(state[g + c + 3]);
            u3 = x.fma(load(wt, k + 3 * column), u3);
            r3 = x.fma(load(wt, k + 3 * column + s), r3);
            c3 = x.fma(load(wt, k + 3 * column + 2 * s), c3);
        }
        for (; c < w.hidden; c++, k += column) {
            FloatVector x = all(state[g + c]);
            u0 = x.fma(load(wt, k), u0);
            r0 = x.fma(load(wt, k + s), r0);
            c0 = x.fma(load(wt, k + 2 * s), c0);
        }
        FloatVector u = u0.add(u1).add(u2.add(u3));
        FloatVector r = r0.add(r1).add(r2.add(r3));
        FloatVector x = c0.add(c1).add(c2.add(c3));
        finish(gate, w, projections, projection + v, u, r, x, attention, state, next, g + v, v);
    }

    private static void finish(
            Gate gate,
            RecurrentWeights w,
            float[] projections,
            int p,
            FloatVector u,
            FloatVector r,
            FloatVector c,
            float attention,
            float[] state,
            float[] next,
            int at,
            int v) {
        FloatVector a = all(attention);
        FloatVector iu = load(projections, p);
        FloatVector ir = load(projections, p + w.stride);
        FloatVector ic = load(projections, p + 2 * w.stride);
        if (gate == Gate.SCALED_INPUT) {
            iu = a.fma(iu, load(w.bias, v));
            ir = a.fma(ir, load(w.bias, w.stride + v));
            ic = a.fma(ic, load(w.bias, 2 * w.stride + v));
        }
        LaneSteps.cell(gate, ic, iu.add(u), ir.add(r), c, a, load(state, at)).intoArray(next, at);
    }
}
