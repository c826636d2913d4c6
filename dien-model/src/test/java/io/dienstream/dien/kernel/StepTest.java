package io.dienstream.dien.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.Weights;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hand-worked numbers and the laws of the recurrent cell, for every kernel there is. */
class StepTest {
    private static final int HIDDEN = 6;

    /** A step of every candidate of a tile from the same input, and the states after it. */
    private static float[][] step(
            Kernels kernels,
            Gate gate,
            Weights.Gru gru,
            float[] input,
            Tile tile,
            float[][] states,
            float[] attention) {
        boolean fromZero =
                Arrays.stream(states).allMatch(g -> Arrays.equals(g, new float[g.length]));
        RecurrentWeights w = new RecurrentWeights(gru, kernels);
        float[] projections = new float[5 + w.gates + kernels.width()];
        float[] projected = new float[w.gates];
        kernels.denseVectors(
                w.input, w.projectionBias(gate), 0, input, 0, input.length, 1, projected);
        System.arraycopy(projected, 0, projections, 5, projected.length);
        float[][] a = new float[tile.candidates()][];
        for (int n = 0; n < a.length; n++) {
            a[n] = new float[] {-9, -9, attention[n % attention.length]};
        }
        float[] state = Features.layOut(states, tile, kernels);
        float[] ofTheStepBefore = new float[kernels.stepScratch(w, tile.candidates())];
        Arrays.fill(ofTheStepBefore, Float.NaN);
        StepInput in =
                new StepInput(gate, w)
                        .projections(projections, 5)
                        .attention(Features.layOut(a, tile, kernels), 2, kernels.stride(3))
                        .fromZero(fromZero);
        kernels.step(in, tile, state, ofTheStepBefore);
        return Features.read(state, gru.hidden(), tile, kernels);
    }

    /**
     * H = 1, input (0, ln 3, 0.5), recurrent (0, 0, 2), g = 1. u = s(0) = 0.5, r = s(ln 3) = 0.75,
     * c = tanh(0.5 + 0.75 * 2) = tanh(2) = 0.964028; plain: g + 0.5 (c - g) = 0.982014; paper with
     * a = 0.2: g + 0.1 (c - g) = 0.996403; official: u' = 1 - 0.8 * 0.5 = 0.6, 0.978417; replaced:
     * 0.992806; scaled input: u = 0.5, r = s(0.2 ln 3) = 0.554711, c = tanh(0.1 + 1.109421) =
     * tanh(1.209421) = 0.836506, 0.918253.
     */
    @ParameterizedTest
    @MethodSource("io.dienstream.dien.kernel.Features#kernels")
    void equalsTheHandWorkedStep(Kernels kernels) {
        for (Tile tile : Features.tiles(kernels)) {
            assertHandWorked(kernels, Gate.PLAIN, tile, 0.982014f);
            assertHandWorked(kernels, Gate.PAPER, tile, 0.996403f);
            assertHandWorked(kernels, Gate.OFFICIAL, tile, 0.978417f);
            assertHandWorked(kernels, Gate.REPLACED, tile, 0.992806f);
            assertHandWorked(kernels, Gate.SCALED_INPUT, tile, 0.918253f);
        }
    }

    private static void assertHandWorked(Kernels kernels, Gate gate, Tile tile, float expected) {
        Matrix input = new Matrix(3, 1, new float[] {0, (float) Math.log(3), 0.5f});
        Matrix recurrent = new Matrix(3, 1, new float[] {0, 0, 2});
        Weights.Gru gru = new Weights.Gru(new Weights.Dense(input, new float[3]), recurrent);
        float[][] states = {{1}};
        float[][] next =
                step(kernels, gate, gru, new float[] {1}, tile, states, new float[] {0.2f});
        for (float[] state : next) {
            assertThat(state[0]).as(gate + "").isCloseTo(expected, within(2e-6f));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 15, 16, 17, 36})
    void equalsTheFormulaUnderEveryGateInEveryLayout(int hidden) {
        Kernels kernels = KernelsProvider.get();
        Weights.Gru gru = Features.gru(hidden, 1);
        for (Gate gate : Gate.values()) {
            for (Tile tile : Features.tiles(kernels)) {
                float[][] states = Features.vectors(tile, hidden, 4);
                assertFormula(kernels, gate, gru, tile, states);
                assertFormula(kernels, gate, gru, tile, new float[states.length][hidden]);
            }
        }
    }

    private static void assertFormula(
            Kernels kernels, Gate gate, Weights.Gru gru, Tile tile, float[][] states) {
        int hidden = gru.hidden();
        float[] input = Features.random(hidden, 7);
        float[] attention = {0, 0.3f, 1, 0.004f, 0.9f};
        float[][] next = step(kernels, gate, gru, input, tile, states, attention);
        for (int n = 0; n < next.length; n++) {
            double a = attention[n % attention.length];
            for (int i = 0; i < hidden; i++) {
                assertThat((double) next[n][i])
                        .as("%s, unit %d of %d", gate, i, n)
                        .isCloseTo(formula(gate, gru, input, states[n], a, i), within(4e-6));
            }
        }
    }

    private static double formula(
            Gate gate, Weights.Gru gru, float[] input, float[] g, double a, int i) {
        double[] x = new double[3];
        double[] y = new double[3];
        for (int k = 0; k < 3; k++) {
            int row = k * g.length + i;
            for (int c = 0; c < g.length; c++) {
                x[k] += (double) gru.input().weight().get(row, c) * input[c];
                y[k] += (double) gru.recurrent().get(row, c) * g[c];
            }
            x[k] = (gate == Gate.SCALED_INPUT ? a : 1) * x[k] + gru.input().bias()[row];
        }
        double u = 1 / (1 + Math.exp(-x[0] - y[0]));
        double r = 1 / (1 + Math.exp(-x[1] - y[1]));
        double c = Math.tanh(x[2] + r * y[2]);
        double v =
                switch (gate) {
                    case PLAIN, SCALED_INPUT -> u;
                    case PAPER -> a * u;
                    case OFFICIAL -> 1 - (1 - a) * (1 - u);
                    case REPLACED -> a;
                };
        return g[i] + v * (c - g[i]);
    }

    private static float[][] law(Kernels kernels, Gate gate, float attention) {
        Tile tile = Tile.ofLanes(kernels.width());
        return step(
                kernels,
                gate,
                Features.gru(HIDDEN, 1),
                Features.random(HIDDEN, 3),
                tile,
                Features.vectors(tile, HIDDEN, 4),
                new float[] {attention});
    }

    @ParameterizedTest
    @MethodSource("io.dienstream.dien.kernel.Features#kernels")
    void paperGateFreezesWhenAttentionIsZeroAndIsAGruWhenItIsOne(Kernels kernels) {
        Tile tile = Tile.ofLanes(kernels.width());
        assertThat(law(kernels, Gate.PAPER, 0)).isDeepEqualTo(Features.vectors(tile, HIDDEN, 4));
        assertThat(law(kernels, Gate.PAPER, 1)).isDeepEqualTo(law(kernels, Gate.PLAIN, 1));
    }

    @ParameterizedTest
    @MethodSource("io.dienstream.dien.kernel.Features#kernels")
    void officialGateIsAGruWhenAttentionIsZeroAndAgrusWhenItIsOne(Kernels kernels) {
        assertAlike(law(kernels, Gate.OFFICIAL, 0), law(kernels, Gate.PLAIN, 0));
        assertAlike(law(kernels, Gate.OFFICIAL, 1), law(kernels, Gate.REPLACED, 1));
    }

    private static void assertAlike(float[][] actual, float[][] expected) {
        for (int n = 0; n < expected.length; n++) {
            assertThat(actual[n]).containsExactly(expected[n], within(1e-6f));
        }
    }

    /** Exponents reach 118, of inputs and products together: two such powers multiply to none. */
    @ParameterizedTest
    @MethodSource("io.dienstream.dien.kernel.Features#kernels")
    void whatProductsMakeTooLargeIsHeld(Kernels kernels) {
        Matrix input = new Matrix(3, 1, new float[] {-34, 0, -17});
        Matrix recurrent = new Matrix(3, 1, new float[] {-48, 0, -24});
        Weights.Gru gru = new Weights.Gru(new Weights.Dense(input, new float[3]), recurrent);
        float[] one = {1};
        for (Gate gate : Gate.values()) {
            for (Tile tile : Features.tiles(kernels)) {
                float[][] states = {{1}};
                float[] attention = {0.5f};
                double expected = formula(gate, gru, one, states[0], attention[0], 0);
                for (float[] next : step(kernels, gate, gru, one, tile, states, attention)) {
                    assertThat((double) next[0]).as(gate + "").isCloseTo(expected, within(4e-6));
                }
            }
        }
    }

    /** States stay within -1 and 1, and finite, however large the weights are. */
    @ParameterizedTest
    @MethodSource("io.dienstream.dien.kernel.Features#kernels")
    void saturatedGatesStayFinite(Kernels kernels) {
        Weights.Gru gru = Features.gru(HIDDEN, 1);
        for (float scale : new float[] {30, -30, 1e3f, -1e3f, 1e20f, -1e20f}) {
            float[] input = new float[HIDDEN];
            Arrays.fill(input, scale);
            for (Gate gate : Gate.values()) {
                for (Tile tile : Features.tiles(kernels)) {
                    float[][] states = new float[][] {new float[HIDDEN]};
                    float[][] next =
                            step(kernels, gate, gru, input, tile, states, new float[] {0.5f});
                    IntStream.range(0, next.length)
                            .forEach(
                                    n -> {
                                        for (float g : next[n]) {
                                            assertThat(g).isBetween(-1.000001f, 1.000001f);
                                        }
                                    });
                }
            }
        }
    }
}
