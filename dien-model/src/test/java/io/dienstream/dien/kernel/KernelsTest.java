package io.dienstream.dien.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kernel against its scalar twin at awkward sizes. Which kernels are chosen is decided by the
 * surefire execution ({@code dien.kernels}); {@link #theRunTestsWhatItSays} fails when it is not
 * what the execution was meant to test.
 */
class KernelsTest {
    private static final ScalarKernels SCALAR = new ScalarKernels();
    private static final Kernels CHOSEN = KernelsProvider.get();

    private static float[] random(int n, long seed) {
        Random random = new Random(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static void assertClose(float[] expected, float[] actual, double scale, String as) {
        for (int i = 0; i < expected.length; i++) {
            double allowed = 2e-6 * scale + 2e-6 * Math.abs(expected[i]);
            assertThat(Math.abs(expected[i] - actual[i]))
                    .as("%s [%d] expected %s got %s", as, i, expected[i], actual[i])
                    .isLessThanOrEqualTo((float) allowed);
        }
    }

    @Test
    void theRunTestsWhatItSays() {
        String wanted = System.getProperty("dien.kernels");
        assertThat(wanted).as("surefire sets it").isIn("vector", "scalar");
        assertThat(CHOSEN.describe()).startsWith(wanted);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 15, 16, 17, 20, 31, 32, 33})
    void blocksAgree(int lanes) {
        for (int rows : new int[] {1, 3, 4, 36, 108, 200}) {
            for (int cols : new int[] {1, 5, 36}) {
                float[] w = random(rows * cols, 1);
                float[] x = random(cols * lanes, 2);
                float[] bias = random(rows + 3, 3);
                for (boolean accumulate : new boolean[] {false, true}) {
                    float[] expected = random(rows * lanes + 7, 4);
                    float[] actual = expected.clone();
                    SCALAR.denseBlock(w, rows, cols, bias, 3, x, lanes, expected, 5, accumulate);
                    CHOSEN.denseBlock(w, rows, cols, bias, 3, x, lanes, actual, 5, accumulate);
                    assertClose(expected, actual, cols, rows + "x" + cols + " lanes " + lanes);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 15, 16, 17, 36, 64, 67, 108, 200})
    void vectorsAgreeAndCountNeverChangesABit(int rows) {
        int cols = 36;
        int count = 11;
        float[] wt = random(rows * cols, 1);
        float[] x = random(count * cols + 2, 2);
        float[] bias = random(rows, 3);
        float[] expected = new float[count * rows + 1];
        float[] actual = new float[count * rows + 1];
        SCALAR.denseVectors(wt, rows, cols, bias, x, 2, count, expected, 1);
        CHOSEN.denseVectors(wt, rows, cols, bias, x, 2, count, actual, 1);
        assertClose(expected, actual, cols, "rows " + rows);
        for (int n = 0; n < count; n++) {
            float[] alone = new float[rows];
            CHOSEN.denseVectors(wt, rows, cols, bias, x, 2 + n * cols, 1, alone, 0);
            for (int r = 0; r < rows; r++) {
                assertThat(alone[r]).isEqualTo(actual[1 + n * rows + r]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 32, 35})
    void elementwiseKernelsAgree(int lanes) {
        int rows = 21;
        float[] alpha = random(rows, 1);
        float[] mean = random(rows, 2);
        float[] deviation = random(rows, 3);
        float[] x = random(rows * lanes, 4);
        float[] expected = x.clone();
        float[] actual = x.clone();
        SCALAR.prelu(expected, rows, lanes, alpha);
        CHOSEN.prelu(actual, rows, lanes, alpha);
        assertClose(expected, actual, 1, "prelu");
        SCALAR.dice(expected, rows, lanes, alpha, mean, deviation);
        CHOSEN.dice(actual, rows, lanes, alpha, mean, deviation);
        assertClose(expected, actual, 1, "dice");
        SCALAR.sigmoid(expected, rows * lanes);
        CHOSEN.sigmoid(actual, rows * lanes);
        assertClose(expected, actual, 1, "sigmoid");
        float[] out = new float[rows * lanes];
        float[] outExpected = new float[rows * lanes];
        SCALAR.scaleRows(x, random(rows + 2, 5), 2, rows, lanes, outExpected);
        CHOSEN.scaleRows(x, random(rows + 2, 5), 2, rows, lanes, out);
        assertClose(outExpected, out, 1, "scaleRows");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16, 20, 33})
    void attentionKernelsAgree(int lanes) {
        for (int steps : new int[] {1, 2, 15, 16, 33, 100}) {
            int width = 36;
            float[] facts = random(steps * width, 1);
            float[] query = random(width * lanes, 2);
            float[] expected = new float[steps * lanes];
            float[] actual = new float[steps * lanes];
            SCALAR.scores(facts, steps, width, query, lanes, expected);
            CHOSEN.scores(facts, steps, width, query, lanes, actual);
            assertClose(expected, actual, width, "scores");
            actual = expected.clone();
            SCALAR.softmaxColumns(expected, steps, lanes);
            CHOSEN.softmaxColumns(actual, steps, lanes);
            assertClose(expected, actual, 1, "softmax");
            float[] sum = new float[width * lanes];
            float[] sumExpected = new float[width * lanes];
            SCALAR.weightedSum(facts, steps, width, expected, lanes, sumExpected);
            CHOSEN.weightedSum(facts, steps, width, expected, lanes, sum);
            assertClose(sumExpected, sum, 1, "weightedSum");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16, 20, 33})
    void stepsAgreeUnderEveryGate(int lanes) {
        for (Gate gate : Gate.values()) {
            for (int hidden : new int[] {1, 5, 16, 36}) {
                float[] expected = random(hidden * lanes, 1);
                float[] actual = expected.clone();
                float[] a = random(lanes + 1, 2);
                for (int l = 0; l < a.length; l++) {
                    a[l] = Math.min(1, Math.abs(a[l]));
                }
                float[] input = random(3 * hidden + 4, 3);
                float[] bias = random(3 * hidden, 4);
                float[] recurrent = random(3 * hidden * lanes, 5);
                SCALAR.gatedStep(gate, hidden, lanes, input, 4, bias, recurrent, a, 1, expected);
                CHOSEN.gatedStep(gate, hidden, lanes, input, 4, bias, recurrent, a, 1, actual);
                assertClose(expected, actual, 1, gate + " hidden " + hidden);
            }
        }
    }

    /** The sigmoid over its whole range, far outside it, and at the infinities. */
    @Test
    void sigmoidIsRightEverywhere() {
        int n = 400_001;
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = -100 + i * 0.0005f;
        }
        float[] actual = x.clone();
        CHOSEN.sigmoid(actual, n);
        for (int i = 0; i < n; i++) {
            assertThat(Math.abs(actual[i] - 1 / (1 + Math.exp(-x[i])))).isLessThan(1.3e-7);
        }
        float[] extremes = {Float.NEGATIVE_INFINITY, -1e30f, 1e30f, Float.POSITIVE_INFINITY, 0};
        CHOSEN.sigmoid(extremes, extremes.length);
        assertThat(extremes[0]).isBetween(0f, 1e-37f);
        assertThat(extremes[1]).isBetween(0f, 1e-37f);
        assertThat(extremes[2]).isEqualTo(1);
        assertThat(extremes[3]).isEqualTo(1);
        assertThat(extremes[4]).isEqualTo(0.5f);
    }
}
