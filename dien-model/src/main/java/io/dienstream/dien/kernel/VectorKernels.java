package io.dienstream.dien.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels by the Vector API, without masks: arrays are padded, and masks are emulated on Java
 * 17. Many candidates are lanes, few are vectors. Loaded by name from {@link KernelsProvider}, only
 * where the module {@code jdk.incubator.vector} is there.
 */
final class VectorKernels implements Kernels {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = SPECIES.length();

    /** Candidates that are vectors go by fours at most. */
    private static final int FEW = 4;

    /** From so many on, a register of lanes costs less than as many vectors. */
    private static final int ENOUGH = Math.max(1, 3 * WIDTH / 4);

    private static final Tile TWO_REGISTERS = Tile.ofLanes(2 * WIDTH);
    private static final Tile ONE_REGISTER = Tile.ofLanes(WIDTH);
    private static final Tile[] VECTORS = {
        null, Tile.ofVectors(1), Tile.ofVectors(2), Tile.ofVectors(3), Tile.ofVectors(FEW)
    };

    @Override
    public String describe() {
        return "vector (" + WIDTH + " lanes)";
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public Tile tile(int remaining) {
        if (remaining >= WIDTH + ENOUGH) {
            return TWO_REGISTERS;
        }
        return remaining >= ENOUGH ? ONE_REGISTER : VECTORS[Math.min(remaining, FEW)];
    }

    @Override
    public int largestTile() {
        return Math.max(2 * WIDTH, FEW);
    }

    private static FloatVector load(float[] a, int at) {
        return FloatVector.fromArray(SPECIES, a, at);
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    @Override
    public void denseVectors(
            DenseWeights w,
            float[] bias,
            int biasOffset,
            float[] x,
            int xOffset,
            int xStride,
            int count,
            float[] out) {
        UnitProducts.dense(w, bias, biasOffset, x, xOffset, xStride, count, out);
    }

    @Override
    public void dense(
            DenseWeights w, float[] bias, int biasOffset, Tile tile, float[] x, float[] out) {
        int n = tile.candidates();
        if (tile.isLanes()) {
            LaneProducts.dense(w.byRow, w.cols, w.rows, w.cols, bias, biasOffset, x, n, out);
        } else {
            UnitProducts.dense(w, bias, biasOffset, x, 0, stride(w.cols), n, out);
        }
    }

    @Override
    public void scores(float[] facts, int steps, int width, Tile tile, float[] query, float[] out) {
        int stride = stride(width);
        if (tile.isLanes()) {
            LaneProducts.dense(facts, stride, steps, width, null, 0, query, tile.candidates(), out);
            return;
        }
        int outStride = stride(steps);
        for (int n = 0; n < tile.candidates(); n++) {
            for (int t = 0; t < steps; t++) {
                FloatVector sum = all(0);
                for (int f = 0; f < stride; f += WIDTH) {
                    sum = load(facts, t * stride + f).fma(load(query, n * stride + f), sum);
                }
                out[n * outStride + t] = sum.reduceLanes(VectorOperators.ADD);
            }
        }
    }

    @Override
    public void step(
            Gate gate,
            RecurrentWeights w,
            float[] projections,
            int projection,
            Tile tile,
            float[] attention,
            int t,
            int attentionStride,
            float[] state,
            float[] recurrent) {
        int n = tile.candidates();
        int h = w.hidden;
        if (tile.isLanes()) {
            LaneProducts.dense(w.byRow, h, 3 * h, h, null, 0, state, n, recurrent);
            VectorSteps.lanes(
                    gate, w, projections, projection, recurrent, attention, t * n, state, n);
        } else {
            UnitProducts.dense(w.byUnit, w.none, 0, state, 0, w.stride, n, recurrent);
            VectorSteps.vectors(
                    gate,
                    w,
                    projections,
                    projection,
                    recurrent,
                    attention,
                    t,
                    attentionStride,
                    state,
                    n);
        }
    }

    @Override
    public void softmax(float[] x, int steps, Tile tile) {
        int stride = stride(steps);
        for (int n = 0; n < tile.candidates(); n += tile.isLanes() ? WIDTH : 1) {
            if (tile.isLanes()) {
                softmaxOfLanes(x, n, steps, tile.candidates());
            } else {
                softmaxOfVector(x, n * stride, steps, stride);
            }
        }
    }

    private static void softmaxOfLanes(float[] x, int from, int steps, int lanes) {
        int end = from + steps * lanes;
        FloatVector max = all(Float.NEGATIVE_INFINITY);
        for (int at = from; at < end; at += lanes) {
            max = max.max(load(x, at));
        }
        FloatVector sum = all(0);
        for (int at = from; at < end; at += lanes) {
            FloatVector e = VectorMath.exp2(load(x, at).sub(max).mul(VectorMath.LOG2_E));
            e.intoArray(x, at);
            sum = sum.add(e);
        }
        FloatVector inverse = all(1).div(sum);
        for (int at = from; at < end; at += lanes) {
            load(x, at).mul(inverse).intoArray(x, at);
        }
    }

    private static void softmaxOfVector(float[] x, int from, int steps, int stride) {
        float max = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < steps; t++) {
            max = Math.max(max, x[from + t]);
        }
        // the padding holds what is left of other requests: keep it from adding up
        Arrays.fill(x, from + steps, from + stride, max);
        for (int t = from; t < from + stride; t += WIDTH) {
            VectorMath.exp2(load(x, t).sub(max).mul(VectorMath.LOG2_E)).intoArray(x, t);
        }
        Arrays.fill(x, from + steps, from + stride, 0);
        FloatVector sums = all(0);
        for (int t = from; t < from + stride; t += WIDTH) {
            sums = sums.add(load(x, t));
        }
        FloatVector inverse = all(1 / sums.reduceLanes(VectorOperators.ADD));
        for (int t = from; t < from + stride; t += WIDTH) {
            load(x, t).mul(inverse).intoArray(x, t);
        }
    }

    @Override
    public void weightedSum(
            float[] facts, int steps, int width, Tile tile, float[] weights, float[] out) {
        int stride = stride(width);
        int lanes = tile.candidates();
        for (int n = 0; n < lanes; n += tile.isLanes() ? WIDTH : 1) {
            for (int f = 0;
                    f < (tile.isLanes() ? width : stride);
                    f += tile.isLanes() ? 1 : WIDTH) {
                FloatVector sum = all(0);
                for (int t = 0; t < steps; t++) {
                    sum =
                            tile.isLanes()
                                    ? load(weights, t * lanes + n)
                                            .fma(all(facts[t * stride + f]), sum)
                                    : load(facts, t * stride + f)
                                            .fma(all(weights[n * stride(steps) + t]), sum);
                }
                sum.intoArray(out, tile.isLanes() ? f * lanes + n : n * stride + f);
            }
        }
    }

    @Override
    public void multiply(
            float[] q, float[] fact, int factOffset, int width, Tile tile, float[] out) {
        int n = tile.candidates();
        if (tile.isLanes()) {
            for (int f = 0; f < width; f++) {
                FloatVector scale = all(fact[factOffset + f]);
                for (int at = f * n; at < (f + 1) * n; at += WIDTH) {
                    load(q, at).mul(scale).intoArray(out, at);
                }
            }
            return;
        }
        int stride = stride(width);
        for (int at = 0; at < n * stride; at += WIDTH) {
            load(q, at).mul(load(fact, factOffset + at % stride)).intoArray(out, at);
        }
    }

    @Override
    public void sigmoid(float[] x, float[] added, int features, Tile tile) {
        int end = tile.candidates() * (tile.isLanes() ? features : stride(features));
        for (int at = 0; at < end; at += WIDTH) {
            FloatVector v = load(x, at);
            VectorMath.sigmoid(added == null ? v : v.add(load(added, at))).intoArray(x, at);
        }
    }

    @Override
    public void prelu(float[] x, int features, Tile tile, float[] alpha) {
        int n = tile.candidates();
        int stride = stride(features);
        int end = n * (tile.isLanes() ? features : stride);
        for (int at = 0; at < end; at += WIDTH) {
            FloatVector a = tile.isLanes() ? all(alpha[at / n]) : load(alpha, at % stride);
            FloatVector v = load(x, at);
            v.min(0f).mul(a).add(v.max(0f)).intoArray(x, at);
        }
    }

    @Override
    public void dice(
            float[] x,
            int features,
            Tile tile,
            float[] alpha,
            float[] mean,
            float[] inverseDeviation) {
        int n = tile.candidates();
        if (tile.isLanes()) {
            for (int f = 0; f < features; f++) {
                FloatVector a = all(alpha[f]);
                FloatVector m = all(mean[f]);
                FloatVector d = all(inverseDeviation[f]);
                for (int at = f * n; at < (f + 1) * n; at += WIDTH) {
                    dice(x, at, a, m, d);
                }
            }
            return;
        }
        int stride = stride(features);
        for (int at = 0; at < n * stride; at += WIDTH) {
            int f = at % stride;
            dice(x, at, load(alpha, f), load(mean, f), load(inverseDeviation, f));
        }
    }

    private static void dice(
            float[] x, int at, FloatVector alpha, FloatVector mean, FloatVector inverse) {
        FloatVector v = load(x, at);
        FloatVector p = VectorMath.sigmoid(v.sub(mean).mul(inverse));
        FloatVector av = v.mul(alpha);
        v.sub(av).fma(p, av).intoArray(x, at);
    }
}
