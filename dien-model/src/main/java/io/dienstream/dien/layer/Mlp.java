package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.Dice;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.Tile;
import io.dienstream.dien.model.Activation;
import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The head: batch norm of the input in inference form, dense layers with Dice or PReLU, one logit.
 *
 * <pre>
 * dice(x)  = p x + (1 - p) alpha x,  p = s((x - mean) / sqrt(var + dice_epsilon))
 * prelu(x) = max(0, x) + alpha min(0, x)
 * </pre>
 *
 * The batch norm is affine, so it is folded into the first dense layer when the model is loaded (in
 * double precision). That layer is then split by columns into the part that is the same for all
 * candidates of a request (user, pooled behaviors, context) and the part that is not (e, e * p,
 * interest).
 */
public final class Mlp {
    private final Kernels kernels;
    private final ModelConfig config;

    /** Columns of the first layer for user, pooled and context: [width, request width]. */
    private final Dense requestPart;

    /** Columns for e, e * p and interest: [width, candidate width]. */
    private final Dense candidatePart;

    private final List<Nonlinearity> hidden = new ArrayList<>();
    private final List<Dense> dense = new ArrayList<>();
    private final Dense output;

    public Mlp(ModelConfig config, Weights.Mlp mlp, Kernels kernels) {
        this.kernels = kernels;
        this.config = config;
        this.output = Dense.of(mlp.output(), kernels);
        for (Weights.Hidden h : mlp.hidden()) {
            dense.add(Dense.of(h.dense(), kernels));
            hidden.add(Nonlinearity.of(config, h, kernels.stride(h.alpha().length)));
        }
        Weights.Dense first = hidden.isEmpty() ? mlp.output() : mlp.hidden().get(0).dense();
        int rows = first.weight().rows();
        int cols = first.weight().cols();
        float[] folded = new float[rows * cols];
        float[] bias = new float[rows];
        fold(mlp.norm(), first, folded, bias);

        // input: user | e | p | e * p | interest | context
        int user = config.userWidth();
        int e = config.adWidth();
        int p = config.behaviorWidth();
        int rest = cols - user - e - p - config.contextWidth();
        int[] request = {0, user, user + e, p, cols - config.contextWidth(), config.contextWidth()};
        int[] candidate = {user, e, user + e + p, rest};
        requestPart = new Dense(columns(folded, rows, cols, request), bias, kernels);
        candidatePart = new Dense(columns(folded, rows, cols, candidate), null, kernels);
    }

    /** Width of the candidate-independent input: user | p | context. */
    public int requestWidth() {
        return requestPart.cols();
    }

    /** Width of the input of one candidate: e | e * p | interest. */
    public int candidateWidth() {
        return candidatePart.cols();
    }

    /** W (x - mean) / sqrt(var + eps) * scale + W shift + b, written as one dense layer. */
    private void fold(Weights.BatchNorm n, Weights.Dense d, float[] weight, float[] bias) {
        Matrix w = d.weight();
        double epsilon = config.mlp().normEpsilon();
        for (int r = 0; r < w.rows(); r++) {
            double b = d.bias()[r];
            for (int c = 0; c < w.cols(); c++) {
                double factor = n.scale()[c] / Math.sqrt(n.variance()[c] + epsilon);
                weight[r * w.cols() + c] = (float) (w.get(r, c) * factor);
                b += w.get(r, c) * (n.shift()[c] - n.mean()[c] * factor);
            }
            bias[r] = (float) b;
        }
    }

    /** The columns given as (start, length) pairs, in that order. */
    private static Matrix columns(float[] w, int rows, int cols, int[] ranges) {
        int width = 0;
        for (int i = 1; i < ranges.length; i += 2) {
            width += ranges[i];
        }
        float[] out = new float[rows * width];
        for (int r = 0; r < rows; r++) {
            int to = r * width;
            for (int i = 0; i < ranges.length; i += 2) {
                System.arraycopy(w, r * cols + ranges[i], out, to, ranges[i + 1]);
                to += ranges[i + 1];
            }
        }
        return new Matrix(rows, width, out);
    }

    /** First layer's share of user | p | context, once per request. */
    public void prepare(float[] requestInput, Scratch s) {
        requestPart.vectors(requestInput, 0, 1, s.requestShare);
    }

    /**
     * The logits of one tile, after {@link #prepare}.
     *
     * @param input e | e * p | interest, {@link #candidateWidth} features
     * @param logits one feature, written
     */
    public void logits(Tile tile, float[] input, float[] logits, Scratch s) {
        if (hidden.isEmpty()) {
            candidatePart.apply(tile, s.requestShare, 0, input, logits);
            return;
        }
        float[] x = s.layers[0];
        candidatePart.apply(tile, s.requestShare, 0, input, x);
        activate(0, tile, x);
        for (int i = 1; i < hidden.size(); i++) {
            float[] next = s.layers[i];
            dense.get(i).apply(tile, x, next);
            activate(i, tile, next);
            x = next;
        }
        output.apply(tile, x, logits);
    }

    private void activate(int layer, Tile tile, float[] x) {
        hidden.get(layer).apply(kernels, tile, x);
    }

    public Scratch newScratch() {
        float[][] layers = new float[hidden.size()][];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new float[dense.get(i).stride() * kernels.largestTile()];
        }
        return new Scratch(new float[requestPart.stride()], layers);
    }

    /**
     * An activation's parameters, padded: PReLU's alpha or Dice's parameters, and null for the
     * other.
     */
    private record Nonlinearity(int width, float[] prelu, Dice dice) {
        /** Dice's s((x - mean) / d) = 1 / (1 + 2^(x scale + offset)) by scale = GATE_FACTOR / d. */
        static Nonlinearity of(ModelConfig config, Weights.Hidden h, int stride) {
            int width = h.alpha().length;
            float[] alpha = Arrays.copyOf(h.alpha(), stride);
            if (config.mlp().activation() != Activation.DICE) {
                return new Nonlinearity(width, alpha, null);
            }
            float[] scale = new float[stride];
            float[] offset = new float[stride];
            for (int i = 0; i < width; i++) {
                double s =
                        Kernels.GATE_FACTOR
                                / Math.sqrt(h.variance()[i] + config.mlp().diceEpsilon());
                scale[i] = (float) s;
                offset[i] = (float) (-s * h.mean()[i]);
            }
            return new Nonlinearity(width, null, new Dice(alpha, scale, offset));
        }

        void apply(Kernels kernels, Tile tile, float[] x) {
            if (dice == null) {
                kernels.prelu(x, width, tile, prelu);
            } else {
                kernels.dice(x, width, tile, dice);
            }
        }
    }

    /** What one thread needs. */
    public static final class Scratch {
        /** [stride of the first width]. */
        private final float[] requestShare;

        /** Of layer i, its width in features. */
        private final float[][] layers;

        private Scratch(float[] requestShare, float[][] layers) {
            this.requestShare = requestShare;
            this.layers = layers;
        }
    }
}
