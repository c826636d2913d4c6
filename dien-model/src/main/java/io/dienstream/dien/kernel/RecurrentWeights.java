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
    public final DenseWeights recurrent;

    /** Zeros, [gates] and a register. */
    public final float[] zeros;

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
        zeros = new float[gates + kernels.width()];
    }

    private Matrix scaled(Matrix w) {
        float[] data = new float[w.rows() * w.cols()];
        for (int at = 0; at < data.length; at++) {
            int row = at / w.cols();
            data[at] = (float) (FACTORS[row / hidden] * w.get(row, at % w.cols()));
        }
        return new Matrix(w.rows(), w.cols(), data);
    }

    /** The bias for projections under {@code gate}: a scaled input gets it in the step instead. */
    public float[] projectionBias(Gate gate) {
        return gate == Gate.SCALED_INPUT ? zeros : bias;
    }
}
