package io.dienstream.dien.kernel;

import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.Weights;

/**
 * A recurrent layer's weights as {@link Kernels#step} wants them. Gates are s(x) = 1 / (1 + 2^(-x
 * log2 e)) and tanh(x) = (1 - E) / (1 + E), E = 2^(-2x log2 e): the factors are multiplied into the
 * weights when the model is loaded, so that a step has only powers of two to take. The three gates,
 * update, reset and candidate, lie side by side, so that only their end is padded.
 */
public final class RecurrentWeights {
    private static final double[] FACTORS = {
        Kernels.GATE_FACTOR, Kernels.GATE_FACTOR, 2 * Kernels.GATE_FACTOR
    };

    /** H. */
    public final int hidden;

    /** Of the state's H features. */
    public final int stride;

    /** Of the three gates' 3H outputs: a step's projections. */
    public final int gates;

    /** W, [3H, inputs]. */
    public final DenseWeights input;

    /** b, [gates]. */
    public final float[] bias;

    /** U, [3H, H]. */
    final DenseWeights recurrent;

    /** Zeros, [gates] and a register. */
    final float[] none;

    /** What no number of U g exceeds: no number of g exceeds 1. */
    final float bound;

    public RecurrentWeights(Weights.Gru gru, Kernels kernels) {
        hidden = gru.hidden();
        stride = kernels.stride(hidden);
        gates = kernels.stride(FACTORS.length * hidden);
        input = new DenseWeights(scaled(gru.input().weight()), gates);
        recurrent = new DenseWeights(scaled(gru.recurrent()), gates);
        bias = new float[gates];
        for (int row = 0; row < FACTORS.length * hidden; row++) {
            bias[row] = (float) (FACTORS[row / hidden] * gru.input().bias()[row]);
        }
        none = new float[gates + kernels.width()];
        bound = largestSum(recurrent);
    }

    private Matrix scaled(Matrix w) {
        float[] data = new float[w.rows() * w.cols()];
        for (int at = 0; at < data.length; at++) {
            int row = at / w.cols();
            data[at] = (float) (FACTORS[row / hidden] * w.get(row, at % w.cols()));
        }
        return new Matrix(w.rows(), w.cols(), data);
    }

    private static float largestSum(DenseWeights w) {
        double largest = 0;
        for (int row = 0; row < w.rows; row++) {
            double sum = 0;
            for (int c = 0; c < w.cols; c++) {
                sum += Math.abs(w.transposed[c * w.stride + row]);
            }
            largest = Math.max(largest, sum);
        }
        return (float) largest;
    }

    /** The bias for projections under {@code gate}: a scaled input gets it in the step instead. */
    public float[] projectionBias(Gate gate) {
        return gate == Gate.SCALED_INPUT ? none : bias;
    }

    /** Numbers that a step's scratch must have for a tile of {@code candidates}. */
    public static int scratch(int hidden, int candidates, Kernels kernels) {
        return inputs(hidden, candidates, kernels.width())
                + kernels.stride(FACTORS.length * hidden);
    }

    /** Where in the scratch, behind products and powers, there is room for the inputs of gates. */
    static int inputs(int hidden, int candidates, int width) {
        int products = Kernels.padded(FACTORS.length * hidden, width);
        return candidates * (products + powers(hidden, width)) + width;
    }

    /** Numbers of a vector's powers: update and reset gate side by side, and the candidate. */
    static int powers(int hidden, int width) {
        return candidate(hidden, width) + Kernels.padded(hidden, width);
    }

    /**
     * Where among the powers the candidate's are: so far behind the reset gate that its last
     * register holds none of them. What loads a part of what is being stored waits for it.
     */
    static int candidate(int hidden, int width) {
        return Kernels.padded(hidden + Kernels.padded(hidden, width), width);
    }
}
