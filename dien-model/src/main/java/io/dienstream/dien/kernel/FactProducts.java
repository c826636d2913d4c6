package io.dienstream.dien.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * What {@link LaneProducts} has no blocks for: facts, which lie row by row and have no bias, six at
 * a time, and layers of few outputs, one at a time.
 */
final class FactProducts {
    private static final int ONE_ROW = VectorLoop.register(new OneRow());
    private static final int SIX_FACTS = VectorLoop.register(new SixFacts());
    private static final int SIX = 6;

    private FactProducts() {}

    /**
     * out = facts x.
     *
     * @param facts [steps, cols] with {@code factStride} from row to row
     * @param x [cols, lanes]
     * @param lanes of one register or two
     * @param out [steps, lanes]
     */
    static void facts(
            float[] facts, int factStride, int steps, int cols, float[] x, int lanes, float[] out) {
        for (int t = 0; t < steps && steps < SIX; t++) {
            Arrays.fill(out, t * lanes, (t + 1) * lanes, 0);
            run(ONE_ROW, out, t * lanes, cols, lanes, facts, t * factStride, x, 1);
        }
        for (int t = 0; t < steps && steps >= SIX; t += SIX) {
            int from = Math.min(t, steps - SIX);
            for (int l = 0; l < lanes; l += VectorLoop.WIDTH) {
                int to = from * lanes + l;
                run(SIX_FACTS, out, to, cols, lanes, facts, from * factStride, x, factStride);
            }
        }
    }

    /** As {@link LaneProducts#dense}, row by row. */
    static void rows(
            DenseWeights w, float[] bias, int biasOffset, float[] x, int lanes, float[] out) {
        for (int r = 0; r < w.rows; r++) {
            Arrays.fill(out, r * lanes, (r + 1) * lanes, bias[biasOffset + r]);
            run(ONE_ROW, out, r * lanes, w.cols, lanes, w.transposed, r, x, w.stride);
        }
    }

    private static void run(
            int loop,
            float[] out,
            int at,
            int cols,
            int lanes,
            float[] w,
            int wAt,
            float[] x,
            int wStep) {
        VectorLoop.run(loop, out, at, cols, lanes, w, wAt, x, wStep, null);
    }

    /**
     * Adds to one row of x, of {@code stride} lanes, the products of {@code rows} weights, p from
     * pAt at steps of qAt, and rows of q.
     */
    private static final class OneRow extends VectorLoop {
        @Override
        void apply(
                float[] x,
                int at,
                int rows,
                int stride,
                float[] p,
                int pAt,
                float[] q,
                int qAt,
                float[] r) {
            // of one register of lanes, the same twice
            int second = stride - WIDTH;
            FloatVector a = load(x, at);
            FloatVector b = load(x, at + second);
            for (int c = 0, from = 0; c < rows; c++, from += stride, pAt += qAt) {
                FloatVector weight = all(p[pAt]);
                a = weight.fma(load(q, from), a);
                b = weight.fma(load(q, from + second), b);
            }
            a.intoArray(x, at);
            b.intoArray(x, at + second);
        }
    }

    /**
     * A register of six rows of x, of {@code stride} lanes: the products of six rows of p, from pAt
     * with qAt from row to row, and {@code rows} rows of q.
     */
    private static final class SixFacts extends VectorLoop {
        @Override
        void apply(
                float[] x,
                int at,
                int rows,
                int stride,
                float[] p,
                int pAt,
                float[] q,
                int qAt,
                float[] r) {
            FloatVector a0 = all(0);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            for (int c = 0, from = at % stride; c < rows; c++, from += stride, pAt++) {
                FloatVector v = load(q, from);
                a0 = v.fma(all(p[pAt]), a0);
                a1 = v.fma(all(p[pAt + qAt]), a1);
                a2 = v.fma(all(p[pAt + 2 * qAt]), a2);
                a3 = v.fma(all(p[pAt + 3 * qAt]), a3);
                a4 = v.fma(all(p[pAt + 4 * qAt]), a4);
                a5 = v.fma(all(p[pAt + 5 * qAt]), a5);
            }
            a0.intoArray(x, at);
            a1.intoArray(x, at + stride);
            a2.intoArray(x, at + 2 * stride);
            a3.intoArray(x, at + 3 * stride);
            a4.intoArray(x, at + 4 * stride);
            a5.intoArray(x, at + 5 * stride);
        }
    }
}
