package io.dienstream.dien.kernel;

/** Plain loops, dull on purpose: every faster implementation is judged against these. */
public final class ScalarKernels implements Kernels {
    @Override
    public String describe() {
        return "scalar";
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
        for (int n = 0; n < count; n++) {
            for (int r = 0; r < rows; r++) {
                float sum = bias == null ? 0 : bias[r];
                for (int c = 0; c < cols; c++) {
                    sum += transposed[c * rows + r] * x[xOffset + n * cols + c];
                }
                out[outOffset + n * rows + r] = sum;
            }
        }
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
        int rowStride = lanes == 1 ? 1 : cols;
        int colStride = lanes == 1 ? rows : 1;
        for (int r = 0; r < rows; r++) {
            int to = outOffset + r * lanes;
            float start = bias == null ? 0 : bias[biasOffset + r];
            for (int l = 0; l < lanes; l++) {
                out[to + l] = accumulate ? out[to + l] + start : start;
            }
            for (int c = 0; c < cols; c++) {
                float weight = w[r * rowStride + c * colStride];
                for (int l = 0; l < lanes; l++) {
                    out[to + l] += weight * x[c * lanes + l];
                }
            }
        }
    }

    @Override
    public void scores(float[] facts, int steps, int width, float[] query, int lanes, float[] out) {
        for (int t = 0; t < steps; t++) {
            for (int l = 0; l < lanes; l++) {
                float sum = 0;
                for (int f = 0; f < width; f++) {
                    sum += facts[t * width + f] * query[f * lanes + l];
                }
                out[t * lanes + l] = sum;
            }
        }
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
        int reset = hidden;
        int candidate = 2 * hidden;
        for (int l = 0; l < lanes; l++) {
            float a = gate == Gate.PLAIN ? 1 : attention[attentionOffset + l];
            float scale = gate == Gate.SCALED_INPUT ? a : 1;
            for (int i = 0; i < hidden; i++) {
                float iu = scale * input[inputOffset + i] + bias[i];
                float ir = scale * input[inputOffset + reset + i] + bias[reset + i];
                float ic = scale * input[inputOffset + candidate + i] + bias[candidate + i];
                float u = sigmoid(iu + recurrent[i * lanes + l]);
                float r = sigmoid(ir + recurrent[(reset + i) * lanes + l]);
                float c = (float) Math.tanh(ic + r * recurrent[(candidate + i) * lanes + l]);
                float g = state[i * lanes + l];
                state[i * lanes + l] = g + updateGate(gate, a, u) * (c - g);
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

    @Override
    public void softmaxColumns(float[] x, int steps, int lanes) {
        for (int l = 0; l < lanes; l++) {
            float max = Float.NEGATIVE_INFINITY;
            for (int t = 0; t < steps; t++) {
                max = Math.max(max, x[t * lanes + l]);
            }
            float sum = 0;
            for (int t = 0; t < steps; t++) {
                x[t * lanes + l] = (float) Math.exp(x[t * lanes + l] - max);
                sum += x[t * lanes + l];
            }
            for (int t = 0; t < steps; t++) {
                x[t * lanes + l] /= sum;
            }
        }
    }

    @Override
    public void weightedSum(
            float[] facts, int steps, int width, float[] weights, int lanes, float[] out) {
        for (int f = 0; f < width; f++) {
            for (int l = 0; l < lanes; l++) {
                float sum = 0;
                for (int t = 0; t < steps; t++) {
                    sum += weights[t * lanes + l] * facts[t * width + f];
                }
                out[f * lanes + l] = sum;
            }
        }
    }

    @Override
    public void scaleRows(
            float[] q, float[] fact, int factOffset, int width, int lanes, float[] out) {
        for (int f = 0; f < width; f++) {
            for (int l = 0; l < lanes; l++) {
                out[f * lanes + l] = q[f * lanes + l] * fact[factOffset + f];
            }
        }
    }

    @Override
    public void sigmoid(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = sigmoid(x[i]);
        }
    }

    @Override
    public void prelu(float[] x, int rows, int lanes, float[] alpha) {
        for (int r = 0; r < rows; r++) {
            for (int l = 0; l < lanes; l++) {
                float v = x[r * lanes + l];
                x[r * lanes + l] = Math.max(0, v) + alpha[r] * Math.min(0, v);
            }
        }
    }

    @Override
    public void dice(
            float[] x, int rows, int lanes, float[] alpha, float[] mean, float[] inverseDeviation) {
        for (int r = 0; r < rows; r++) {
            for (int l = 0; l < lanes; l++) {
                float v = x[r * lanes + l];
                float p = sigmoid((v - mean[r]) * inverseDeviation[r]);
                x[r * lanes + l] = p * v + (1 - p) * alpha[r] * v;
            }
        }
    }

    private static float sigmoid(float x) {
        return (float) (1 / (1 + Math.exp(-x)));
    }
}
