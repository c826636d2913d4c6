package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels by the Vector API. With several lanes the candidates are the vector's lanes; with one
 * lane the hidden units are. Loaded by name from {@link KernelsProvider}, only where the module
 * {@code jdk.incubator.vector} is there.
 */
final class VectorKernels implements Kernels {
    private static final VectorSpecies<Float> SPECIES = VectorProducts.SPECIES;
    private static final int WIDTH = VectorProducts.WIDTH;

    @Override
    public String describe() {
        return "vector (" + WIDTH + " lanes)";
    }

    @Override
    public void denseVectors(
            float[] transposed,
            int rows,
            int cols,
            float[] bias,
            float[] x,
            int xOffset,
            int count,
            float[] out,
            int outOffset) {
        VectorProducts.vectors(
                transposed, rows, cols, bias, 0, x, xOffset, count, out, outOffset, false);
    }

    @Override
    public void denseBlock(
            float[] w,
            int rows,
            int cols,
            float[] bias,
            int biasOffset,
            float[] x,
            int lanes,
            float[] out,
            int outOffset,
            boolean accumulate) {
        if (lanes == 1) {
            VectorProducts.vectors(
                    w, rows, cols, bias, biasOffset, x, 0, 1, out, outOffset, accumulate);
        } else {
            VectorProducts.block(
                    w, rows, cols, bias, biasOffset, x, lanes, out, outOffset, accumulate);
        }
    }

    @Override
    public void scores(float[] facts, int steps, int width, float[] query, int lanes, float[] out) {
        if (lanes > 1) {
            VectorProducts.block(facts, steps, width, null, 0, query, lanes, out, 0, false);
            return;
        }
        for (int t = 0; t < steps; t++) {
            FloatVector sum = FloatVector.zero(SPECIES);
            int f = 0;
            for (; f + WIDTH <= width; f += WIDTH) {
                sum = load(facts, t * width + f).fma(load(query, f), sum);
            }
            float rest = sum.reduceLanes(VectorOperators.ADD);
            for (; f < width; f++) {
                rest += facts[t * width + f] * query[f];
            }
            out[t] = rest;
        }
    }

    private static FloatVector load(float[] a, int at) {
        return FloatVector.fromArray(SPECIES, a, at);
    }

    private static FloatVector load(float[] a, int at, VectorMask<Float> mask) {
        return FloatVector.fromArray(SPECIES, a, at, mask);
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    private static VectorMask<Float> mask(int at, int end) {
        return SPECIES.indexInRange(at, end);
    }

    @Override
    public void gatedStep(
            Gate gate,
            int hidden,
            int lanes,
            float[] input,
            int inputOffset,
            float[] bias,
            float[] recurrent,
            float[] attention,
            int attentionOffset,
            float[] state) {
        if (lanes == 1) {
            float a = gate == Gate.PLAIN ? 1 : attention[attentionOffset];
            stepUnits(gate, hidden, input, inputOffset, bias, recurrent, a, state);
            return;
        }
        for (int l = 0; l < lanes; l += WIDTH) {
            VectorMask<Float> m = mask(l, lanes);
            FloatVector a = gate == Gate.PLAIN ? all(1) : load(attention, attentionOffset + l, m);
            for (int i = 0; i < hidden; i++) {
                int at = i * lanes + l;
                FloatVector iu = all(input[inputOffset + i]);
                FloatVector ir = all(input[inputOffset + hidden + i]);
                FloatVector ic = all(input[inputOffset + 2 * hidden + i]);
                if (gate == Gate.SCALED_INPUT) {
                    iu = iu.mul(a);
                    ir = ir.mul(a);
                    ic = ic.mul(a);
                }
                FloatVector g = load(state, at, m);
                FloatVector next =
                        cell(
                                gate,
                                iu.add(bias[i]).add(load(recurrent, at, m)),
                                ir.add(bias[hidden + i])
                                        .add(load(recurrent, hidden * lanes + at, m)),
                                ic.add(bias[2 * hidden + i]),
                                load(recurrent, 2 * hidden * lanes + at, m),
                                a,
                                g);
                next.intoArray(state, at, m);
            }
        }
    }

    /** One lane: the hidden units are the vector's lanes. */
    private static void stepUnits(
            Gate gate,
            int hidden,
            float[] input,
            int inputOffset,
            float[] bias,
            float[] recurrent,
            float attention,
            float[] state) {
        FloatVector a = all(attention);
        float scale = gate == Gate.SCALED_INPUT ? attention : 1;
        for (int i = 0; i < hidden; i += WIDTH) {
            VectorMask<Float> m = mask(i, hidden);
            FloatVector iu = load(input, inputOffset + i, m).mul(scale);
            FloatVector ir = load(input, inputOffset + hidden + i, m).mul(scale);
            FloatVector ic = load(input, inputOffset + 2 * hidden + i, m).mul(scale);
            FloatVector next =
                    cell(
                            gate,
                            iu.add(load(bias, i, m)).add(load(recurrent, i, m)),
                            ir.add(load(bias, hidden + i, m)).add(load(recurrent, hidden + i, m)),
                            ic.add(load(bias, 2 * hidden + i, m)),
                            load(recurrent, 2 * hidden + i, m),
                            a,
                            load(state, i, m));
            next.intoArray(state, i, m);
        }
    }

    /** u = s(updateIn), r = s(resetIn), c = tanh(candidateIn + r * rc); g + u' * (c - g). */
    private static FloatVector cell(
            Gate gate,
            FloatVector updateIn,
            FloatVector resetIn,
            FloatVector candidateIn,
            FloatVector rc,
            FloatVector a,
            FloatVector g) {
        FloatVector r = VectorMath.sigmoid(resetIn);
        FloatVector c = VectorMath.tanh(r.fma(rc, candidateIn));
        FloatVector u = gate == Gate.REPLACED ? a : VectorMath.sigmoid(updateIn);
        if (gate == Gate.PAPER) {
            u = u.mul(a);
        } else if (gate == Gate.OFFICIAL) {
            FloatVector keep = all(1).sub(u).mul(all(1).sub(a));
            u = all(1).sub(keep);
        }
        return c.sub(g).fma(u, g);
    }

    @Override
    public void softmaxColumns(float[] x, int steps, int lanes) {
        if (lanes == 1) {
            softmax(x, steps);
            return;
        }
        for (int l = 0; l < lanes; l += WIDTH) {
            VectorMask<Float> m = mask(l, lanes);
            FloatVector max = all(Float.NEGATIVE_INFINITY);
            for (int t = 0; t < steps; t++) {
                max = max.max(load(x, t * lanes + l, m));
            }
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int t = 0; t < steps; t++) {
                FloatVector e = VectorMath.exp(load(x, t * lanes + l, m).sub(max));
                e.intoArray(x, t * lanes + l, m);
                sum = sum.add(e);
            }
            FloatVector inverse = all(1).div(sum);
            for (int t = 0; t < steps; t++) {
                load(x, t * lanes + l, m).mul(inverse).intoArray(x, t * lanes + l, m);
            }
        }
    }

    private static void softmax(float[] x, int steps) {
        float max = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < steps; t++) {
            max = Math.max(max, x[t]);
        }
        float sum = 0;
        for (int t = 0; t < steps; t += WIDTH) {
            VectorMask<Float> m = mask(t, steps);
            FloatVector e = VectorMath.exp(load(x, t, m).sub(max));
            e.intoArray(x, t, m);
            sum += e.reduceLanes(VectorOperators.ADD, m);
        }
        for (int t = 0; t < steps; t += WIDTH) {
            VectorMask<Float> m = mask(t, steps);
            load(x, t, m).div(sum).intoArray(x, t, m);
        }
    }

    @Override
    public void weightedSum(
            float[] facts, int steps, int width, float[] weights, int lanes, float[] out) {
        for (int l = 0; l < lanes; l += WIDTH) {
            VectorMask<Float> m = mask(l, lanes);
            for (int f = 0; f < width; f++) {
                FloatVector sum = FloatVector.zero(SPECIES);
                for (int t = 0; t < steps; t++) {
                    sum = load(weights, t * lanes + l, m).fma(all(facts[t * width + f]), sum);
                }
                sum.intoArray(out, f * lanes + l, m);
            }
        }
    }

    @Override
    public void scaleRows(
            float[] q, float[] fact, int factOffset, int width, int lanes, float[] out) {
        for (int f = 0; f < width; f++) {
            FloatVector scale = all(fact[factOffset + f]);
            for (int l = 0; l < lanes; l += WIDTH) {
                VectorMask<Float> m = mask(l, lanes);
                load(q, f * lanes + l, m).mul(scale).intoArray(out, f * lanes + l, m);
            }
        }
    }

    @Override
    public void sigmoid(float[] x, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            VectorMask<Float> m = mask(i, n);
            VectorMath.sigmoid(load(x, i, m)).intoArray(x, i, m);
        }
    }

    @Override
    public void prelu(float[] x, int rows, int lanes, float[] alpha) {
        for (int r = 0; r < rows; r++) {
            for (int l = 0; l < lanes; l += WIDTH) {
                VectorMask<Float> m = mask(l, lanes);
                FloatVector v = load(x, r * lanes + l, m);
                v.min(0f).mul(alpha[r]).add(v.max(0f)).intoArray(x, r * lanes + l, m);
            }
        }
    }

    @Override
    public void dice(
            float[] x, int rows, int lanes, float[] alpha, float[] mean, float[] inverseDeviation) {
        for (int r = 0; r < rows; r++) {
            for (int l = 0; l < lanes; l += WIDTH) {
                VectorMask<Float> m = mask(l, lanes);
                FloatVector v = load(x, r * lanes + l, m);
                FloatVector p = VectorMath.sigmoid(v.sub(mean[r]).mul(inverseDeviation[r]));
                FloatVector av = v.mul(alpha[r]);
                v.sub(av).fma(p, av).intoArray(x, r * lanes + l, m);
            }
        }
    }
}
