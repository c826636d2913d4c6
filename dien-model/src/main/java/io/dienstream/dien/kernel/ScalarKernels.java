package io.dienstream.dien.kernel;

import java.util.Arrays;

/** Plain loops, dull on purpose: every faster implementation is judged against these. */
public final class ScalarKernels implements Kernels {
    private static final int WIDTH = 8;
    private static final double LN2 = Math.log(2);
    private static final Tile ONE = Tile.ofVectors(1);

    @Override
    public String describe() {
        return "scalar";
    }

    @Override
    public int width() {
        return WIDTH;
    }

    /** One candidate at a time: what is read and written stays small. */
    @Override
    public Tile tile(int remaining) {
        return ONE;
    }

    @Override
    public int largestTile() {
        return 1;
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
        for (int n = 0; n < count; n++) {
            int to = n * w.stride;
            System.arraycopy(bias, biasOffset, out, to, w.stride);
            for (int c = 0; c < w.cols; c++) {
                float input = x[xOffset + n * xStride + c];
                int column = c * w.stride;
                for (int r = 0; r < w.stride; r++) {
                    out[to + r] += w.transposed[column + r] * input;
                }
            }
        }
    }

    @Override
    public void dense(
            DenseWeights w, float[] bias, int biasOffset, Tile tile, float[] x, float[] out) {
        int stride = stride(w.cols);
        if (!tile.isLanes()) {
            denseVectors(w, bias, biasOffset, x, 0, stride, tile.candidates(), out);
            return;
        }
        for (int r = 0; r < w.rows; r++) {
            for (int n = 0; n < tile.candidates(); n++) {
                float sum = bias[biasOffset + r];
                for (int c = 0; c < w.cols; c++) {
                    sum += w.transposed[c * w.stride + r] * x[tile.at(c, n, stride)];
                }
                out[tile.at(r, n, w.stride)] = sum;
            }
        }
    }

    @Override
    public void scores(Facts facts, Tile tile, float[] query, float[] out) {
        int stride = facts.stride;
        for (int n = 0; n < tile.candidates(); n++) {
            for (int t = 0; t < facts.steps(); t++) {
                float sum = 0;
                for (int f = 0; f < facts.width; f++) {
                    sum += facts.rows[t * stride + f] * query[tile.at(f, n, stride)];
                }
                out[tile.at(t, n, stride(facts.steps()))] = sum;
            }
        }
    }

    @Override
    public void step(StepInput input, Tile tile, float[] state, float[] scratch) {
        RecurrentWeights w = input.weights();
        int h = w.hidden;
        for (int n = 0; n < tile.candidates(); n++) {
            multiply(input, tile, n, state, scratch);
            float a = attention(input, tile, n);
            for (int i = 0; i < h; i++) {
                float u = sigmoid(input(input, a, i) + scratch[i]);
                float r = sigmoid(input(input, a, h + i) + scratch[h + i]);
                float ic = input(input, a, 2 * h + i);
                float c = 2 * sigmoid(ic + r * scratch[2 * h + i]) - 1;
                float g = state[tile.at(i, n, w.stride)];
                state[tile.at(i, n, w.stride)] = g + updateGate(input.gate(), a, u) * (c - g);
            }
        }
    }

    @Override
    public int stepScratch(RecurrentWeights w, int candidates) {
        return w.gates;
    }

    private static float attention(StepInput input, Tile tile, int n) {
        return input.gate() == Gate.PLAIN
                ? 1
                : input.attention()[tile.at(input.attentionStep(), n, input.attentionStride())];
    }

    /** The input's part of one unit of one gate. */
    private static float input(StepInput input, float a, int row) {
        float projection = input.projections()[input.projection() + row];
        return input.gate() == Gate.SCALED_INPUT
                ? a * projection + input.weights().bias[row]
                : projection;
    }

    /** U g of one candidate, [gates]. */
    private static void multiply(
            StepInput input, Tile tile, int n, float[] state, float[] products) {
        RecurrentWeights w = input.weights();
        Arrays.fill(products, 0, w.gates, 0);
        for (int c = 0; c < w.hidden && !input.isFromZero(); c++) {
            float g = state[tile.at(c, n, w.stride)];
            for (int r = 0; r < w.gates; r++) {
                products[r] += w.recurrent.transposed[c * w.gates + r] * g;
            }
        }
    }

    private static float updateGate(Gate gate, float a, float u) {
        return switch (gate) {
            case PLAIN, SCALED_INPUT -> u;
            case REPLACED -> a;
            case PAPER -> a * u;
            case OFFICIAL -> 1 - (1 - a) * (1 - u);
        };
    }

    /** 1 / (1 + 2^y). */
    private static float sigmoid(float y) {
        return (float) (1 / (1 + Math.exp(LN2 * y)));
    }

    @Override
    public void softmax(float[] x, int steps, Tile tile) {
        int stride = stride(steps);
        for (int n = 0; n < tile.candidates(); n++) {
            float max = Float.NEGATIVE_INFINITY;
            for (int t = 0; t < steps; t++) {
                max = Math.max(max, x[tile.at(t, n, stride)]);
            }
            double sum = 0;
            for (int t = 0; t < steps; t++) {
                int at = tile.at(t, n, stride);
                x[at] = (float) Math.exp(x[at] - max);
                sum += x[at];
            }
            for (int t = 0; t < steps; t++) {
                x[tile.at(t, n, stride)] /= (float) sum;
            }
            for (int t = steps; !tile.isLanes() && t < stride; t++) {
                x[tile.at(t, n, stride)] = 0;
            }
        }
    }

    @Override
    public void weightedSum(Facts facts, Tile tile, float[] weights, float[] out) {
        int stride = facts.stride;
        int steps = facts.steps();
        for (int n = 0; n < tile.candidates(); n++) {
            for (int f = 0; f < facts.width; f++) {
                float sum = 0;
                for (int t = 0; t < steps; t++) {
                    sum += weights[tile.at(t, n, stride(steps))] * facts.rows[t * stride + f];
                }
                out[tile.at(f, n, stride)] = sum;
            }
        }
    }

    @Override
    public void multiply(
            float[] q, float[] fact, int factOffset, int width, Tile tile, float[] out) {
        int stride = stride(width);
        for (int n = 0; n < tile.candidates(); n++) {
            for (int f = 0; f < width; f++) {
                int at = tile.at(f, n, stride);
                out[at] = q[at] * fact[factOffset + f];
            }
        }
    }

    @Override
    public void gate(float[] x, float[] added, int features, Tile tile) {
        int stride = stride(features);
        for (int n = 0; n < tile.candidates(); n++) {
            for (int f = 0; f < features; f++) {
                int at = tile.at(f, n, stride);
                x[at] = sigmoid(added == null ? x[at] : x[at] + added[at]);
            }
        }
    }

    @Override
    public void prelu(float[] x, int features, Tile tile, float[] alpha) {
        int stride = stride(features);
        for (int n = 0; n < tile.candidates(); n++) {
            for (int f = 0; f < features; f++) {
                int at = tile.at(f, n, stride);
                x[at] = Math.max(0, x[at]) + alpha[f] * Math.min(0, x[at]);
            }
        }
    }

    @Override
    public void dice(float[] x, int features, Tile tile, Dice dice) {
        int stride = stride(features);
        for (int n = 0; n < tile.candidates(); n++) {
            for (int f = 0; f < features; f++) {
                int at = tile.at(f, n, stride);
                float v = x[at];
                double p =
                        1 / (1 + Math.exp(LN2 * ((double) dice.scale()[f] * v + dice.offset()[f])));
                x[at] = (float) (p * v + (1 - p) * dice.alpha()[f] * v);
            }
        }
    }
}
