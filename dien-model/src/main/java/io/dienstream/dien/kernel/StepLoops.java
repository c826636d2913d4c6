package io.dienstream.dien.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * The nonlinear part of a recurrent step, in the place of the products U g where candidates are
 * lanes and behind them where units are, in three passes: 1 + 2^y of the update and reset gates;
 * 2^y of the candidate, which needs the reset gate; the new state g + v (c - g). With c = (1 - E) /
 * (1 + E), v = base + slope / U, U = 1 + 2^y of the update gate and E = 2^y of the candidate that
 * is one division: (c - g) (1 + E) = (1 - g) - E (1 + g), and v U = base U + slope.
 *
 * <p>Loops over lanes take a tile's registers in their order, one of each row or two. What need not
 * hold exponents takes two registers at a time; behind an odd last one that is padding's, which
 * means nothing.
 *
 * <p>Loops that need not hold exponents are copies, because a choice within a loop would be made at
 * each register, or left to what the compiler inlines ({@link VectorLoop}).
 */
final class StepLoops {
    static final int GATE_OF_LANES = VectorLoop.register(new GateOfLanes());
    static final int BOUNDED_GATE_OF_LANES = VectorLoop.register(new BoundedGateOfLanes());
    static final int CANDIDATE_OF_LANES = VectorLoop.register(new CandidateOfLanes());
    static final int BOUNDED_CANDIDATE_OF_LANES =
            VectorLoop.register(new BoundedCandidateOfLanes());
    static final int BLEND_OF_LANES = VectorLoop.register(new BlendOfLanes());
    static final int GATES_OF_VECTOR = VectorLoop.register(new GatesOfVector());
    static final int BOUNDED_GATES_OF_VECTOR = VectorLoop.register(new BoundedGatesOfVector());
    static final int CANDIDATE_OF_VECTOR = VectorLoop.register(new CandidateOfVector());
    static final int BOUNDED_CANDIDATE_OF_VECTOR =
            VectorLoop.register(new BoundedCandidateOfVector());
    static final int BLEND_OF_VECTOR = VectorLoop.register(new BlendOfVector());

    private StepLoops() {}

    static int powers(int hidden) {
        return RecurrentWeights.powers(hidden, VectorLoop.WIDTH);
    }

    private static int padded(int features) {
        return Kernels.padded(features, VectorLoop.WIDTH);
    }

    /** x: exponents of gates. */
    private static final class GateOfLanes extends VectorLoop {
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
            int registers = rows << stride / WIDTH - 1;
            for (int k = 0; k < registers; k++, at += WIDTH) {
                VectorMath.exp2OfGate(load(x, at)).add(1f).intoArray(x, at);
            }
        }
    }

    /** The same where no exponent needs to be held. */
    private static final class BoundedGateOfLanes extends VectorLoop {
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
            int registers = rows << stride / WIDTH - 1;
            for (int k = 0; k < registers; k += 2, at += 2 * WIDTH) {
                FloatVector y = load(x, at);
                FloatVector z = load(x, at + WIDTH);
                VectorMath.power(y).add(1f).intoArray(x, at);
                VectorMath.power(z).add(1f).intoArray(x, at + WIDTH);
            }
        }
    }

    /** x: products of the candidate, the reset gate before them; p: its input, one number a row. */
    private static final class CandidateOfLanes extends VectorLoop {
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
            int reset = rows * stride;
            int shift = stride / WIDTH - 1;
            int registers = rows << shift;
            for (int k = 0; k < registers; k++, at += WIDTH) {
                FloatVector moved = load(x, at).div(load(x, at - reset));
                FloatVector y = all(p[pAt + (k >> shift)]).add(moved);
                VectorMath.exp2OfGate(y).intoArray(x, at);
            }
        }
    }

    /** The same where no exponent needs to be held. */
    private static final class BoundedCandidateOfLanes extends VectorLoop {
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
            int reset = rows * stride;
            int shift = stride / WIDTH - 1;
            int registers = rows << shift;
            for (int k = 0; k < registers; k += 2, at += 2 * WIDTH) {
                FloatVector y = load(x, at).div(load(x, at - reset));
                FloatVector z = load(x, at + WIDTH).div(load(x, at + WIDTH - reset));
                y = all(p[pAt + (k >> shift)]).add(y);
                z = all(p[pAt + (k + 1 >> shift)]).add(z);
                VectorMath.power(y).intoArray(x, at);
                VectorMath.power(z).intoArray(x, at + WIDTH);
            }
        }
    }

    /** x: state; p: gates, then candidates; q: attention; r: {@link Gate#coefficients}. */
    private static final class BlendOfLanes extends VectorLoop {
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
            FloatVector one = all(1);
            FloatVector a = load(q, qAt);
            FloatVector base = a.mul(r[0]);
            FloatVector slope = a.fma(all(r[2]), all(r[1]));
            FloatVector b = load(q, qAt + stride - WIDTH);
            FloatVector baseB = b.mul(r[0]);
            FloatVector slopeB = b.fma(all(r[2]), all(r[1]));
            int end = rows * stride;
            for (int i = 0; i < end; i += 2 * WIDTH) {
                FloatVector u = load(p, pAt + i);
                FloatVector e = load(p, pAt + i + 2 * end);
                FloatVector g = load(x, i);
                FloatVector move = one.sub(g).sub(e.mul(one.add(g))).mul(base.fma(u, slope));
                g.add(move.div(u.mul(e.add(one)))).intoArray(x, i);
                int j = i + WIDTH;
                u = load(p, pAt + j);
                e = load(p, pAt + j + 2 * end);
                g = load(x, j);
                move = one.sub(g).sub(e.mul(one.add(g))).mul(baseB.fma(u, slopeB));
                g.add(move.div(u.mul(e.add(one)))).intoArray(x, j);
            }
        }
    }

    /**
     * x: exponents of both gates, side by side, at qAt what becomes of them; count in the place of
     * the stride: vectors.
     */
    private static final class GatesOfVector extends VectorLoop {
        @Override
        void apply(
                float[] x,
                int at,
                int rows,
                int count,
                float[] p,
                int pAt,
                float[] q,
                int qAt,
                float[] r) {
            for (int n = 0; n < count; n++, at += padded(3 * rows), qAt += powers(rows)) {
                for (int v = 0; v < 2 * rows; v += WIDTH) {
                    VectorMath.exp2OfGate(load(x, at + v)).add(1f).intoArray(x, qAt + v);
                }
            }
        }
    }

    /** The same where no exponent needs to be held. */
    private static final class BoundedGatesOfVector extends VectorLoop {
        @Override
        void apply(
                float[] x,
                int at,
                int rows,
                int count,
                float[] p,
                int pAt,
                float[] q,
                int qAt,
                float[] r) {
            for (int n = 0; n < count; n++, at += padded(3 * rows), qAt += powers(rows)) {
                for (int v = 0; v < 2 * rows; v += WIDTH) {
                    VectorMath.power(load(x, at + v)).add(1f).intoArray(x, qAt + v);
                }
            }
        }
    }

    /** x: products of the candidate, at qAt what became of the gates; p: its input. */
    private static final class CandidateOfVector extends VectorLoop {
        @Override
        void apply(
                float[] x,
                int at,
                int rows,
                int count,
                float[] p,
                int pAt,
                float[] q,
                int qAt,
                float[] r) {
            for (int n = 0; n < count; n++, at += padded(3 * rows), qAt += powers(rows)) {
                int reset = qAt + rows;
                int to = qAt + RecurrentWeights.candidate(rows, WIDTH);
                for (int v = 0; v < rows; v += WIDTH) {
                    FloatVector moved = load(x, at + v).div(load(x, reset + v));
                    VectorMath.exp2OfGate(load(p, pAt + v).add(moved)).intoArray(x, to + v);
                }
            }
        }
    }

    /** The same where no exponent needs to be held. */
    private static final class BoundedCandidateOfVector extends VectorLoop {
        @Override
        void apply(
                float[] x,
                int at,
                int rows,
                int count,
                float[] p,
                int pAt,
                float[] q,
                int qAt,
                float[] r) {
            for (int n = 0; n < count; n++, at += padded(3 * rows), qAt += powers(rows)) {
                int reset = qAt + rows;
                int to = qAt + RecurrentWeights.candidate(rows, WIDTH);
                for (int v = 0; v < rows; v += WIDTH) {
                    FloatVector moved = load(x, at + v).div(load(x, reset + v));
                    VectorMath.power(load(p, pAt + v).add(moved)).intoArray(x, to + v);
                }
            }
        }
    }

    /**
     * x: states; p, q, r as for lanes, but of {@code q} one number a vector, {@code at} the stride
     * between them.
     */
    private static final class BlendOfVector extends VectorLoop {
        @Override
        void apply(
                float[] x,
                int at,
                int rows,
                int count,
                float[] p,
                int pAt,
                float[] q,
                int qAt,
                float[] r) {
            FloatVector one = all(1);
            int state = 0;
            for (int n = 0; n < count; n++, pAt += powers(rows), qAt += at) {
                FloatVector base = all(r[0] * q[qAt]);
                FloatVector slope = all(r[1] + r[2] * q[qAt]);
                int candidate = pAt + RecurrentWeights.candidate(rows, WIDTH);
                for (int v = 0; v < rows; v += WIDTH, state += WIDTH) {
                    FloatVector u = load(p, pAt + v);
                    FloatVector e = load(p, candidate + v);
                    FloatVector g = load(x, state);
                    FloatVector move = one.sub(g).sub(e.mul(one.add(g))).mul(base.fma(u, slope));
                    g.add(move.div(u.mul(e.add(one)))).intoArray(x, state);
                }
            }
        }
    }
}
