package io.dienstream.dien.kernel;

import static io.dienstream.dien.kernel.VectorLoop.WIDTH;
import static io.dienstream.dien.kernel.VectorLoop.all;
import static io.dienstream.dien.kernel.VectorLoop.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels by the Vector API, without masks: arrays are padded, and masks are emulated on Java
 * 17. Many candidates are lanes, few are vectors. Loaded by name from {@link KernelsProvider}, only
 * where the module {@code jdk.incubator.vector} is there.
 */
final class VectorKernels implements Kernels {
    private static final VectorSpecies<Integer> BITS = IntVector.SPECIES_PREFERRED;

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
            LaneProducts.dense(w, bias, biasOffset, x, n, out);
        } else {
            UnitProducts.dense(w, bias, biasOffset, x, 0, stride(w.cols), n, out);
        }
    }

    @Override
    public void scores(float[] facts, int steps, int width, Tile tile, float[] query, float[] out) {
        int stride = stride(width);
        if (tile.isLanes()) {
            FactProducts.facts(facts, stride, steps, width, query, tile.candidates(), out);
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
            Tile tile,
            StepInput input,
            float[] state,
            float[] scratch) {
        int n = tile.candidates();
        int bias = RecurrentWeights.inputs(w.hidden, n, WIDTH);
        gateInputs(gate, w, input, scratch, bias);
        if (tile.isLanes()) {
            if (input.fromZero) {
                for (int row = 0; row < 3 * w.hidden; row++) {
                    Arrays.fill(scratch, row * n, (row + 1) * n, scratch[bias + row]);
                }
            } else {
                LaneProducts.dense(w.recurrent, scratch, bias, state, n, scratch);
            }
            VectorSteps.lanes(gate, w, input, scratch, state, n);
            return;
        }
        if (input.fromZero) {
            for (int at = 0; at < n * w.gates; at += w.gates) {
                System.arraycopy(scratch, bias, scratch, at, w.gates);
            }
        } else {
            UnitProducts.dense(w.recurrent, scratch, bias, state, 0, w.stride, n, scratch);
        }
        VectorSteps.vectors(gate, w, input, scratch, state, n);
    }

    /**
     * What U g is added to, [gates] of the scratch at {@code to}: the update and reset gates'
     * input, which is then in no loop of its own, and zeros for the candidate, whose reset gate
     * comes between. A scaled input differs from candidate to candidate and is added later.
     */
    private static void gateInputs(
            Gate gate, RecurrentWeights w, StepInput input, float[] scratch, int to) {
        int gates = gate == Gate.SCALED_INPUT ? 0 : 2 * w.hidden;
        System.arraycopy(input.projections, input.projection, scratch, to, gates);
        Arrays.fill(scratch, to + gates, to + w.gates, 0);
    }

    @Override
    public float largest(float[] x, int count) {
        IntVector largest = IntVector.zero(BITS);
        int i = 0;
        for (; i + WIDTH <= count; i += WIDTH) {
            // without their sign, floats are ordered as their bits are
            largest = largest.max(load(x, i).reinterpretAsInts().and(Integer.MAX_VALUE));
        }
        int bits = largest.reduceLanes(VectorOperators.MAX);
        for (; i < count; i++) {
            bits = Math.max(bits, Float.floatToRawIntBits(x[i]) & Integer.MAX_VALUE);
        }
        return Float.intBitsToFloat(bits);
    }

    @Override
    public void softmax(float[] x, int steps, Tile tile) {
        perRegister(
                ElementLoops.SOFTMAX_OF_LANES,
                ElementLoops.SOFTMAX_OF_VECTOR,
                x,
                steps,
                tile,
                null,
                null,
                null);
    }

    /** One loop for each register of lanes, or for each vector. */
    private void perRegister(
            int ofLanes,
            int ofVector,
            float[] x,
            int features,
            Tile tile,
            float[] p,
            float[] q,
            float[] r) {
        int n = tile.candidates();
        if (tile.isLanes()) {
            for (int l = 0; l < n; l += WIDTH) {
                VectorLoop.run(ofLanes, x, l, features, n, p, 0, q, 0, r);
            }
            return;
        }
        int stride = stride(features);
        for (int i = 0; i < n; i++) {
            VectorLoop.run(ofVector, x, i * stride, features, stride, p, 0, q, 0, r);
        }
    }

    @Override
    public void weightedSum(
            float[] facts, int steps, int width, Tile tile, float[] weights, float[] out) {
        int stride = stride(width);
        int count = tile.candidates();
        if (tile.isLanes()) {
            sumOfLanes(facts, stride, steps, width, weights, count, out);
            return;
        }
        int weightStride = stride(steps);
        for (int n = 0; n < count; n++) {
            for (int f = 0; f < stride; f += WIDTH) {
                FloatVector sum = all(0);
                for (int t = 0; t < steps; t++) {
                    FloatVector fact = load(facts, t * stride + f);
                    sum = fact.fma(all(weights[n * weightStride + t]), sum);
                }
                sum.intoArray(out, n * stride + f);
            }
        }
    }

    private static void sumOfLanes(
            float[] facts,
            int stride,
            int steps,
            int width,
            float[] weights,
            int lanes,
            float[] out) {
        for (int l = 0; l < lanes; l += WIDTH) {
            for (int f = 0; f < width; f++) {
                FloatVector sum = all(0);
                for (int t = 0; t < steps; t++) {
                    FloatVector weight = load(weights, t * lanes + l);
                    sum = weight.fma(all(facts[t * stride + f]), sum);
                }
                sum.intoArray(out, f * lanes + l);
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
    public void gate(float[] x, float[] added, int features, Tile tile) {
        int n = tile.candidates() * (tile.isLanes() ? features : stride(features));
        int loop = added == null ? ElementLoops.GATE : ElementLoops.GATE_OF_SUM;
        VectorLoop.run(loop, x, 0, n, n, added, 0, null, 0, null);
    }

    @Override
    public void prelu(float[] x, int features, Tile tile, float[] alpha) {
        perRegister(
                ElementLoops.PRELU_OF_LANES,
                ElementLoops.PRELU_OF_VECTOR,
                x,
                features,
                tile,
                alpha,
                null,
                null);
    }

    @Override
    public void dice(
            float[] x, int features, Tile tile, float[] alpha, float[] scale, float[] offset) {
        perRegister(
                ElementLoops.DICE_OF_LANES,
                ElementLoops.DICE_OF_VECTOR,
                x,
                features,
                tile,
                alpha,
                scale,
                offset);
    }
}
