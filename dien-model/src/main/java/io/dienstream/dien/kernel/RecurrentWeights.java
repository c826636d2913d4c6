package io.dienstream.dien.kernel;

import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.Weights;

/**
 * A recurrent layer's weights as {@link Kernels#step} wants them. Gates are s(x) = 1 / (1 + 2^(-x
 * log2 e)) and tanh(x) = (1 - E) / (1 + E), E = 2^(-2x log2 e): the factors are multiplied into the
 * weights when the model is loaded, so that a step has only powers of two to take. The three gates,
 * update, reset and candidate, are padded to a stride each.
 */
public final class RecurrentWeights {
    private static final double LOG2_E = 1 / Math.log(2);
    private static final double[] FACTORS = {-LOG2_E, -LOG2_E, -2 * LOG2_E};

    /** H. */
    public final int hidden;

    /** Of H units; a step's projections are [3 * stride]. */
    public final int stride;

    /** W, [3 * stride, inputs]. */
    public final DenseWeights input;

    /** b, [3 * stride]. */
    public final float[] bias;

    /** U, [3, H, H]: rows of outputs. */
    final float[] byRow;

    /** U, [3 * stride, H]. */
    final DenseWeights byUnit;

    /** Zeros, [3 * stride]. */
    final float[] none;

    /**
     * @param stride of {@link Kernels#stride} for H
     */
    public RecurrentWeights(Weights.Gru gru, int stride) {
        this.hidden = gru.hidden();
        this.stride = stride;
        Matrix w = gru.input().weight();
        float[] padded = new float[3 * stride * w.cols()];
        bias = new float[3 * stride];
        byRow = new float[3 * hidden * hidden];
        float[] units = new float[3 * stride * hidden];
        none = new float[3 * stride];
        for (int gate = 0; gate < FACTORS.length; gate++) {
            double factor = FACTORS[gate];
            for (int i = 0; i < hidden; i++) {
                int row = gate * hidden + i;
                int at = gate * stride + i;
                bias[at] = (float) (factor * gru.input().bias()[row]);
                for (int c = 0; c < w.cols(); c++) {
                    padded[at * w.cols() + c] = (float) (factor * w.get(row, c));
                }
                for (int c = 0; c < hidden; c++) {
                    float u = (float) (factor * gru.recurrent().get(row, c));
                    byRow[row * hidden + c] = u;
                    units[at * hidden + c] = u;
                }
            }
        }
        byUnit = new DenseWeights(new Matrix(3 * stride, hidden, units), 3 * stride);
        input = new DenseWeights(new Matrix(3 * stride, w.cols(), padded), 3 * stride);
    }

    /** The bias for projections under {@code gate}: a scaled input gets it in the step instead. */
    public float[] projectionBias(Gate gate) {
        return gate == Gate.SCALED_INPUT ? none : bias;
    }
}
