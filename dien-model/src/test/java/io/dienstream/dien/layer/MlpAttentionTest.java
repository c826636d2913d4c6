package io.dienstream.dien.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dienstream.dien.kernel.Facts;
import io.dienstream.dien.kernel.Kernels;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.kernel.Tile;
import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.Weights;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The network as its formula says, in double precision and without any splitting. */
class MlpAttentionTest {
    private static final int MAX_STEPS = 120;
    private static final int AD = 5;

    private final Kernels kernels = KernelsProvider.get();

    private static float[] random(Random random, int n, double scale) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (scale * random.nextGaussian());
        }
        return x;
    }

    private static Weights.Dense dense(Random random, int rows, int cols) {
        double scale = 1 / Math.sqrt(cols);
        Matrix weight = new Matrix(rows, cols, random(random, rows * cols, scale));
        return new Weights.Dense(weight, random(random, rows, 0.5));
    }

    /** Also narrower than a block of rows. */
    private static Weights.Attention weights(int width, int hidden1, int hidden2) {
        Random random = new Random(width * 1000 + hidden1);
        return new Weights.Attention(
                null,
                dense(random, width, AD),
                random(random, width, 0.3),
                dense(random, hidden1, 4 * width),
                dense(random, hidden2, hidden1),
                dense(random, 1, hidden2));
    }

    private static double[] apply(Weights.Dense layer, double[] x) {
        double[] out = new double[layer.bias().length];
        for (int r = 0; r < out.length; r++) {
            out[r] = layer.bias()[r];
            for (int c = 0; c < x.length; c++) {
                out[r] += layer.weight().get(r, c) * x[c];
            }
        }
        return out;
    }

    private static double[] sigmoid(double[] x) {
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = 1 / (1 + Math.exp(-x[i]));
        }
        return out;
    }

    /** a = softmax of w3 s(W2 s(W1 [q, f, q - f, q * f] + b1) + b2) + b3. */
    private static double[] expected(Weights.Attention w, float[][] facts, float[] ad) {
        double[] e = new double[ad.length];
        for (int i = 0; i < e.length; i++) {
            e[i] = ad[i];
        }
        double[] q = apply(w.query(), e);
        for (int i = 0; i < q.length; i++) {
            q[i] = q[i] > 0 ? q[i] : w.queryAlpha()[i] * q[i];
        }
        int width = q.length;
        double[] a = new double[facts.length];
        double sum = 0;
        for (int t = 0; t < a.length; t++) {
            double[] z = new double[4 * width];
            for (int i = 0; i < width; i++) {
                z[i] = q[i];
                z[width + i] = facts[t][i];
                z[2 * width + i] = q[i] - facts[t][i];
                z[3 * width + i] = q[i] * facts[t][i];
            }
            double[] second = sigmoid(apply(w.hidden2(), sigmoid(apply(w.hidden1(), z))));
            a[t] = Math.exp(apply(w.output(), second)[0]);
            sum += a[t];
        }
        for (int t = 0; t < a.length; t++) {
            a[t] /= sum;
        }
        return a;
    }

    private static float[][] rows(Random random, int count, int width) {
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = random(random, width, 1);
        }
        return rows;
    }

    private Facts facts(float[][] rows, int width) {
        Facts facts = new Facts(rows.length, width, kernels);
        facts.setSteps(rows.length);
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, facts.rows, i * facts.stride, width);
        }
        return facts;
    }

    private void check(
            Weights.Attention w,
            MlpAttention attention,
            float[][] facts,
            Facts padded,
            int candidates,
            Attention.Scratch scratch) {
        Tile tile = kernels.tile(candidates);
        int real = Math.min(candidates, tile.candidates());
        float[][] ads = rows(new Random(candidates), tile.candidates(), AD);
        Arrays.fill(ads, real, ads.length, ads[real - 1]);
        float[] laidOut = new float[kernels.stride(AD) * tile.candidates()];
        for (int n = 0; n < ads.length; n++) {
            for (int i = 0; i < AD; i++) {
                laidOut[tile.at(i, n, kernels.stride(AD))] = ads[n][i];
            }
        }
        int steps = facts.length;
        float[] actual = random(new Random(1), kernels.stride(steps) * tile.candidates(), 1);
        attention.weights(padded, tile, real, laidOut, actual, scratch);
        for (int n = 0; n < ads.length; n++) {
            double[] expected = expected(w, facts, ads[n]);
            for (int t = 0; t < steps; t++) {
                assertThat((double) actual[tile.at(t, n, kernels.stride(steps))])
                        .as("step %d of %d of candidate %d of %d", t, steps, n, ads.length)
                        .isCloseTo(expected[t], within(1e-6));
            }
        }
    }

    /** Each number of steps that tiles cover differently, by each tile, with one scratch. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7, 13, 36, 80})
    void isWhatTheFormulaSays(int hidden1) {
        int width = hidden1 == 80 ? 36 : 3;
        Weights.Attention w = weights(width, hidden1, hidden1 / 2 + 1);
        MlpAttention attention = new MlpAttention(w, width, kernels);
        Attention.Scratch scratch = attention.newScratch(MAX_STEPS);
        for (int steps : new int[] {100, 1, 2, 3, 5, 11, 12, 16, 21, 31, 33, 47, MAX_STEPS}) {
            float[][] facts = rows(new Random(steps), steps, width);
            Facts padded = facts(facts, width);
            attention.prepare(padded, scratch);
            for (int candidates : new int[] {1, 2, 3, 4, 7, 12, 13, 28}) {
                check(w, attention, facts, padded, candidates, scratch);
            }
        }
    }
}
