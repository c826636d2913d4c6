package io.dienstream.dien.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Elementwise functions and the softmax. */
final class ElementLoops {
    static final int GATE = VectorLoop.register(new Gates());
    static final int GATE_OF_SUM = VectorLoop.register(new GatesOfSum());
    static final int PRELU_OF_LANES = VectorLoop.register(new PreluOfLanes());
    static final int PRELU_OF_VECTOR = VectorLoop.register(new PreluOfVector());
    static final int DICE_OF_LANES = VectorLoop.register(new DiceOfLanes());
    static final int DICE_OF_VECTOR = VectorLoop.register(new DiceOfVector());
    static final int SOFTMAX_OF_LANES = VectorLoop.register(new SoftmaxOfLanes());
    static final int SOFTMAX_OF_VECTOR = VectorLoop.register(new SoftmaxOfVector());

    private ElementLoops() {}

    /** x = 1 / (1 + 2^x), {@code rows} numbers. */
    private static final class Gates extends VectorLoop {
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
            for (int i = at; i < at + rows; i += WIDTH) {
                VectorMath.gate(load(x, i)).intoArray(x, i);
            }
        }
    }

    /** x = 1 / (1 + 2^(x + p)), {@code rows} numbers. */
    private static final class GatesOfSum extends VectorLoop {
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
            for (int i = 0; i < rows; i += WIDTH) {
                FloatVector sum = load(x, at + i).add(load(p, pAt + i));
                VectorMath.gate(sum).intoArray(x, at + i);
            }
        }
    }

    /** p: alpha of each row. */
    private static final class PreluOfLanes extends VectorLoop {
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
            for (int i = 0; i < rows; i++, at += stride) {
                FloatVector v = load(x, at);
                v.min(0f).mul(p[i]).add(v.max(0f)).intoArray(x, at);
            }
        }
    }

    /** p: alpha. */
    private static final class PreluOfVector extends VectorLoop {
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
            for (int f = 0; f < stride; f += WIDTH) {
                FloatVector v = load(x, at + f);
                v.min(0f).mul(load(p, f)).add(v.max(0f)).intoArray(x, at + f);
            }
        }
    }

    /** p: alpha, q: scale, r: offset of each row. */
    private static final class DiceOfLanes extends VectorLoop {
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
            for (int i = 0; i < rows; i++, at += stride) {
                FloatVector v = load(x, at);
                FloatVector share = VectorMath.gate(v.fma(all(q[i]), all(r[i])));
                FloatVector scaled = v.mul(p[i]);
                v.sub(scaled).fma(share, scaled).intoArray(x, at);
            }
        }
    }

    /** p: alpha, q: scale, r: offset. */
    private static final class DiceOfVector extends VectorLoop {
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
            for (int f = 0; f < stride; f += WIDTH) {
                FloatVector v = load(x, at + f);
                FloatVector share = VectorMath.gate(v.fma(load(q, f), load(r, f)));
                FloatVector scaled = v.mul(load(p, f));
                v.sub(scaled).fma(share, scaled).intoArray(x, at + f);
            }
        }
    }

    /** Down the rows. */
    private static final class SoftmaxOfLanes extends VectorLoop {
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
            int end = at + rows * stride;
            FloatVector max = all(Float.NEGATIVE_INFINITY);
            for (int i = at; i < end; i += stride) {
                max = max.max(load(x, i));
            }
            FloatVector sum = all(0);
            for (int i = at; i < end; i += stride) {
                FloatVector e = VectorMath.exp2(load(x, i).sub(max).mul(VectorMath.LOG2_E));
                e.intoArray(x, i);
                sum = sum.add(e);
            }
            FloatVector inverse = all(1).div(sum);
            for (int i = at; i < end; i += stride) {
                load(x, i).mul(inverse).intoArray(x, i);
            }
        }
    }

    /** Over {@code rows} numbers; zeros up to the stride. */
    private static final class SoftmaxOfVector extends VectorLoop {
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
            float max = Float.NEGATIVE_INFINITY;
            for (int i = at; i < at + rows; i++) {
                max = Math.max(max, x[i]);
            }
            // the padding holds what is left of other requests
            Arrays.fill(x, at + rows, at + stride, max);
            for (int i = at; i < at + stride; i += WIDTH) {
                VectorMath.exp2(load(x, i).sub(max).mul(VectorMath.LOG2_E)).intoArray(x, i);
            }
            Arrays.fill(x, at + rows, at + stride, 0);
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
