package io.dienstream.dien.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.model.Matrix;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kernel against plain formulas in double precision, in both layouts and at awkward sizes.
 * Which kernels are chosen is decided by the surefire execution ({@code dien.kernels}); {@link
 * #theRunTestsWhatItSays} fails when it is not what the execution was meant to test.
 */
class KernelsTest {
    private static final Kernels CHOSEN = KernelsProvider.get();

    private static void assertClose(double expected, float actual, double scale, String as) {
        assertThat((double) actual)
                .as(as)
                .isCloseTo(
                        expected,
                        org.assertj.core.data.Offset.offset(
                                2e-6 * scale + 2e-6 * Math.abs(expected)));
    }

    @Test
    void theRunTestsWhatItSays() {
        String wanted = System.getProperty("dien.kernels");
        assertThat(wanted).as("surefire sets it").isIn("vector", "scalar");
        assertThat(CHOSEN.describe()).startsWith(wanted);
    }

    @Test
    void tilesCoverAnyNumberOfCandidates() {
        for (int n = 1; n < 200; n++) {
            Tile tile = CHOSEN.tile(n);
            assertThat(tile.candidates()).isBetween(1, CHOSEN.largestTile());
            if (!tile.isLanes()) {
                assertThat(tile.candidates()).isLessThanOrEqualTo(n);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 6, 7, 11, 12, 13, 15, 16, 17, 36, 48, 80, 96, 108, 200})
    void denseLayersAgreeInEveryLayout(int rows) {
        for (int cols : new int[] {1, 5, 36}) {
            Matrix m = new Matrix(rows, cols, Features.random(rows * cols, 1));
            DenseWeights w = new DenseWeights(m, CHOSEN.stride(rows));
            float[] bias = Features.random(w.stride + 3, 3);
            for (Tile tile : Features.tiles(CHOSEN)) {
                float[][] x = Features.vectors(tile, cols, 2);
                float[] out = new float[w.stride * tile.candidates()];
                CHOSEN.dense(w, bias, 3, tile, Features.layOut(x, tile, CHOSEN), out);
                float[][] actual = Features.read(out, rows, tile, CHOSEN);
                for (int n = 0; n < x.length; n++) {
                    for (int r = 0; r < rows; r++) {
                        double sum = bias[3 + r];
                        for (int c = 0; c < cols; c++) {
                            sum += (double) m.get(r, c) * x[n][c];
                        }
                        assertClose(sum, actual[n][r], cols, "row " + r + " of vector " + n);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 36, 67, 108, 200})
    void theNumberOfVectorsNeverChangesABit(int rows) {
        int cols = 36;
        int count = 11;
        DenseWeights w =
                new DenseWeights(
                        new Matrix(rows, cols, Features.random(rows * cols, 1)),
                        CHOSEN.stride(rows));
        float[] x = Features.random(count * 40 + 2, 2);
        float[] bias = Features.random(w.stride, 3);
        float[] together = new float[count * w.stride];
        CHOSEN.denseVectors(w, bias, 0, x, 2, 40, count, together);
        for (int n = 0; n < count; n++) {
            float[] alone = new float[w.stride];
            CHOSEN.denseVectors(w, bias, 0, x, 2 + n * 40, 40, 1, alone);
            assertThat(Arrays.copyOf(alone, rows))
                    .isEqualTo(Arrays.copyOfRange(together, n * w.stride, n * w.stride + rows));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 21, 33})
    void elementwiseKernelsAgree(int width) {
        int stride = CHOSEN.stride(width);
        float[] alpha = Features.random(stride, 1);
        float[] scale = Features.random(stride, 2);
        float[] offset = Features.random(stride, 3);
        float[] fact = Features.random(stride + 2, 5);
        for (Tile tile : Features.tiles(CHOSEN)) {
            float[][] x = Features.vectors(tile, width, 4);
            float[][] added = Features.vectors(tile, width, 6);
            float[] prelu = Features.layOut(x, tile, CHOSEN);
            float[] dice = prelu.clone();
            float[] gate = prelu.clone();
            float[] shifted = prelu.clone();
            float[] product = new float[prelu.length];
            CHOSEN.multiply(prelu, fact, 2, width, tile, product);
            CHOSEN.prelu(prelu, width, tile, alpha);
            CHOSEN.dice(dice, width, tile, new Dice(alpha, scale, offset));
            CHOSEN.gate(gate, null, width, tile);
            CHOSEN.gate(shifted, Features.layOut(added, tile, CHOSEN), width, tile);
            for (int n = 0; n < x.length; n++) {
                for (int f = 0; f < width; f++) {
                    int at = tile.at(f, n, stride);
                    double v = x[n][f];
                    double p = 1 / (1 + Math.pow(2, scale[f] * v + offset[f]));
                    String as = f + " of " + n;
                    assertClose(v * fact[2 + f], product[at], 1, as);
                    assertClose(v > 0 ? v : alpha[f] * v, prelu[at], 1, as);
                    assertClose(p * v + (1 - p) * alpha[f] * v, dice[at], 1, as);
                    assertClose(gate(v), gate[at], 1, as);
                    assertClose(gate(v + added[n][f]), shifted[at], 1, as);
                }
            }
        }
    }

    private static double gate(double x) {
        return 1 / (1 + Math.pow(2, x));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 6, 15, 16, 33, 100})
    void attentionKernelsAgree(int steps) {
        int width = 36;
        float[] rows = Features.random(steps * width, 1);
        Facts facts = Features.facts(rows, width, CHOSEN);
        for (Tile tile : Features.tiles(CHOSEN)) {
            float[][] query = Features.vectors(tile, width, 2);
            float[] scores = Features.random(CHOSEN.stride(steps) * tile.candidates(), 9);
            CHOSEN.scores(facts, tile, Features.layOut(query, tile, CHOSEN), scores);
            float[][] raw = Features.read(scores, steps, tile, CHOSEN);
            CHOSEN.softmax(scores, steps, tile);
            float[][] weights = Features.read(scores, steps, tile, CHOSEN);
            float[] sums = new float[CHOSEN.stride(width) * tile.candidates()];
            CHOSEN.weightedSum(facts, tile, scores, sums);
            float[][] interest = Features.read(sums, width, tile, CHOSEN);
            for (int n = 0; n < query.length; n++) {
                double[] expected = new double[steps];
                double total = 0;
                for (int t = 0; t < steps; t++) {
                    for (int f = 0; f < width; f++) {
                        expected[t] += (double) rows[t * width + f] * query[n][f];
                    }
                    assertClose(expected[t], raw[n][t], width, "score " + t + " of " + n);
                    total += Math.exp(expected[t]);
                }
                double[] sum = new double[width];
                for (int t = 0; t < steps; t++) {
                    double a = Math.exp(expected[t]) / total;
                    assertClose(a, weights[n][t], 6, "weight " + t + " of " + n);
                    for (int f = 0; f < width; f++) {
                        sum[f] += a * rows[t * width + f];
                    }
                }
                for (int f = 0; f < width; f++) {
                    assertClose(sum[f], interest[n][f], 30, "sum " + f + " of " + n);
                }
            }
        }
    }

    /** A gate over its whole range, far outside it, and at the infinities. */
    @ParameterizedTest
    @MethodSource("io.dienstream.dien.kernel.Features#kernels")
    void gatesAreRightEverywhere(Kernels kernels) {
        int n = 400_000;
        Tile tile = Tile.ofVectors(1);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = -150 + i * 0.00075f;
        }
        float[] actual = x.clone();
        kernels.gate(actual, null, n, tile);
        for (int i = 0; i < n; i++) {
            assertThat(Math.abs(actual[i] - gate(x[i]))).isLessThan(1.3e-7);
        }
        float[] large = {127, 4e6f, 5e6f, 13e6f, 3e7f, 1e10f, 1e30f, Float.POSITIVE_INFINITY};
        float[] extremes = new float[kernels.stride(2 * large.length)];
        for (int i = 0; i < large.length; i++) {
            extremes[i] = large[i];
            extremes[large.length + i] = -large[i];
        }
        kernels.gate(extremes, null, extremes.length, tile);
        for (int i = 0; i < large.length; i++) {
            assertThat(extremes[i]).as("of " + large[i]).isBetween(0f, 1e-36f);
            assertThat(extremes[large.length + i]).as("of -" + large[i]).isEqualTo(1);
        }
    }

    @Test
    void weightsAreAddedColumnByColumn() {
        Matrix a = new Matrix(2, 3, new float[] {1, 2, 3, 4, 5, 6});
        Matrix b = new Matrix(2, 3, new float[] {10, 20, 30, 40, 50, 60});
        int stride = CHOSEN.stride(2);
        DenseWeights sum = new DenseWeights(2, 3, stride);
        for (int again = 0; again < 2; again++) { // nothing is left of a sum before
            sum.sum(
                    new DenseWeights(a, stride),
                    new DenseWeights(b, stride),
                    new float[] {1, 0.5f, -1});
        }
        float[] bias = new float[stride];
        float[] out = new float[stride];
        CHOSEN.denseVectors(sum, bias, 0, new float[] {1, 10, 100}, 0, 3, 1, out);
        // [11 12 -27; 44 30 -54]
        assertThat(Arrays.copyOf(out, 2)).containsExactly(11 + 120 - 2700, 44 + 300 - 5400);
    }
}
