package io.dienstream.dien.kernel.vector;

import static io.dienstream.dien.kernel.vector.Registers.WIDTH;
import static io.dienstream.dien.kernel.vector.Registers.all;
import static io.dienstream.dien.kernel.vector.Registers.load;
import static io.dienstream.dien.kernel.vector.Registers.padded;

import io.dienstream.dien.kernel.Facts;
import io.dienstream.dien.kernel.Tile;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What an attention does with the facts of a history: products of each with a query, the softmax
 * over them, and the sum of the facts by weight. Facts lie row by row, [T, stride of F], the same
 * for all candidates: where those are lanes, a number of a fact is broadcast.
 */
final class AttentionScores {
    private static final JitBoundary.Loop<Facts> PRODUCTS_OF_LANES =
            JitBoundary.register(new ProductsOfLanes());
    private static final JitBoundary.Loop<Void> SOFTMAX_OF_LANES =
            JitBoundary.register(new SoftmaxOfLanes());
    private static final JitBoundary.Loop<Void> SOFTMAX_OF_VECTORS =
            JitBoundary.register(new SoftmaxOfVectors());

    /** Facts that go together where candidates are lanes: as many accumulators. */
    private static final int SIX = 6;

    private AttentionScores() {}

    /** As {@link io.dienstream.dien.kernel.Kernels#scores}. */
    static void scores(Facts facts, Tile tile, float[] query, float[] out) {
        if (tile.isLanes()) {
            JitBoundary.run(PRODUCTS_OF_LANES, tile, facts.steps(), facts, query, out);
            return;
        }
        float[] rows = facts.rows;
        int steps = facts.steps();
        int stride = facts.stride;
        int outStride = padded(steps);
        for (int n = 0; n < tile.candidates(); n++) {
            for (int t = 0; t < steps; t++) {
                FloatVector sum = all(0);
                for (int f = 0; f < stride; f += WIDTH) {
                    sum = load(rows, t * stride + f).fma(load(query, n * stride + f), sum);
                }
                out[n * outStride + t] = sum.reduceLanes(VectorOperators.ADD);
            }
        }
    }

    /** As {@link io.dienstream.dien.kernel.Kernels#softmax}. */
    static void softmax(float[] x, int steps, Tile tile) {
        JitBoundary.run(
                tile.isLanes() ? SOFTMAX_OF_LANES : SOFTMAX_OF_VECTORS, tile, steps, null, x, x);
    }

    /** As {@link io.dienstream.dien.kernel.Kernels#weightedSum}. */
    static void weightedSum(Facts facts, Tile tile, float[] weights, float[] out) {
        if (tile.isLanes()) {
            sumOfLanes(facts, tile.candidates(), weights, out);
            return;
        }
        float[] rows = facts.rows;
        int steps = facts.steps();
        int stride = facts.stride;
        int weightStride = padded(steps);
        for (int n = 0; n < tile.candidates(); n++) {
            for (int f = 0; f < stride; f += WIDTH) {
                FloatVector sum = all(0);
                for (int t = 0; t < steps; t++) {
                    FloatVector fact = load(rows, t * stride + f);
                    sum = fact.fma(all(weights[n * weightStride + t]), sum);
                }
                sum.intoArray(out, n * stride + f);
            }
        }
    }

    private static void sumOfLanes(Facts facts, int lanes, float[] weights, float[] out) {
        float[] rows = facts.rows;
        int stride = facts.stride;
        int steps = facts.steps();
        for (int l = 0; l < lanes; l += WIDTH) {
            for (int f = 0; f < facts.width; f++) {
                FloatVector sum = all(0);
                for (int t = 0; t < steps; t++) {
                    FloatVector weight = load(weights, t * lanes + l);
                    sum = weight.fma(all(rows[t * stride + f]), sum);
                }
                sum.intoArray(out, f * lanes + l);
            }
        }
    }

    /** out[t] = facts[t] . query, six facts and a register of lanes at a time. */
    private static final class ProductsOfLanes extends JitBoundary {
        @Override
        void apply(Tile tile, int steps, Object parameters, float[] query, float[] out) {
            Facts facts = (Facts) parameters;
            int lanes = tile.candidates();
            int stride = facts.stride;
            if (steps < SIX) {
                Arrays.fill(out, 0, steps * lanes, 0);
                for (int t = 0; t < steps; t++) {
                    LaneMajorMatMul.addRow(
                            facts.rows, t * stride, 1, facts.width, query, lanes, out, t * lanes);
                }
                return;
            }
            for (int t = 0; t < steps; t += SIX) {
                // the last six may begin within those before: the same numbers are computed again
                int from = Math.min(t, steps - SIX);
                for (int l = 0; l < lanes; l += WIDTH) {
                    sixFacts(facts, from, query, l, lanes, out);
                }
            }
        }

        private static void sixFacts(
                Facts facts, int from, float[] query, int lane, int lanes, float[] out) {
            float[] rows = facts.rows;
            int stride = facts.stride;
            FloatVector a0 = all(0);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            int k = from * stride;
            for (int f = 0, at = lane; f < facts.width; f++, at += lanes, k++) {
                FloatVector v = load(query, at);
                a0 = v.fma(all(rows[k]), a0);
                a1 = v.fma(all(rows[k + stride]), a1);
                a2 = v.fma(all(rows[k + 2 * stride]), a2);
                a3 = v.fma(all(rows[k + 3 * stride]), a3);
                a4 = v.fma(all(rows[k + 4 * stride]), a4);
                a5 = v.fma(all(rows[k + 5 * stride]), a5);
            }
            int to = from * lanes + lane;
            a0.intoArray(out, to);
            a1.intoArray(out, to + lanes);
            a2.intoArray(out, to + 2 * lanes);
            a3.intoArray(out, to + 3 * lanes);
            a4.intoArray(out, to + 4 * lanes);
            a5.intoArray(out, to + 5 * lanes);
        }
    }

    /** In place, down the steps of a register of lanes. */
    private static final class SoftmaxOfLanes extends JitBoundary {
        @Override
        void apply(Tile tile, int steps, Object parameters, float[] in, float[] x) {
            int lanes = tile.candidates();
            for (int lane = 0; lane < lanes; lane += WIDTH) {
                int end = lane + steps * lanes;
                FloatVector max = all(Float.NEGATIVE_INFINITY);
                for (int i = lane; i < end; i += lanes) {
                    max = max.max(load(x, i));
                }
                FloatVector sum = all(0);
                for (int i = lane; i < end; i += lanes) {
                    FloatVector e = FastExp.exp2(load(x, i).sub(max).mul(FastExp.LOG2_E));
                    e.intoArray(x, i);
                    sum = sum.add(e);
                }
                FloatVector inverse = all(1).div(sum);
                for (int i = lane; i < end; i += lanes) {
                    load(x, i).mul(inverse).intoArray(x, i);
                }
            }
        }
    }

    /** In place, along each candidate's vector; zeros from its last step to the stride. */
    private static final class SoftmaxOfVectors extends JitBoundary {
        @Override
        void apply(Tile tile, int steps, Object parameters, float[] in, float[] x) {
            int stride = padded(steps);
            for (int n = 0, at = 0; n < tile.candidates(); n++, at += stride) {
                float max = Float.NEGATIVE_INFINITY;
                for (int i = at; i < at + steps; i++) {
                    max = Math.max(max, x[i]);
                }
                // the padding holds what is left of other requests
                Arrays.fill(x, at + steps, at + stride, max);
                for (int i = at; i < at + stride; i += WIDTH) {
                    FastExp.exp2(load(x, i).sub(max).mul(FastExp.LOG2_E)).intoArray(x, i);
                }
                Arrays.fill(x, at + steps, at + stride, 0);
                FloatVector sum = all(0);
                for (int i = at; i < at + stride; i += WIDTH) {
                    sum = sum.add(load(x, i));
                }
                FloatVector inverse = all(1 / sum.reduceLanes(VectorOperators.ADD));
                for (int i = at; i < at + stride; i += WIDTH) {
                    load(x, i).mul(inverse).intoArray(x, i);
                }
            }
        }
    }
}
