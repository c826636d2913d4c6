package io.dienstream.dien.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hand-worked numbers and the laws of the recurrent cell, for every kernel there is. */
class GatedStepTest {
    private static final int HIDDEN = 6;
    private static final int LANES = 5;

    static Stream<Kernels> kernels() {
        return Stream.of(new ScalarKernels(), KernelsProvider.get());
    }

    private static float[] random(int n, long seed) {
        Random random = new Random(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static float[] step(Kernels kernels, Gate gate, float attention) {
        float[] state = random(HIDDEN * LANES, 4);
        float[] a = new float[LANES];
        Arrays.fill(a, attention);
        kernels.gatedStep(
                gate,
                HIDDEN,
                LANES,
                random(3 * HIDDEN, 1),
                0,
                random(3 * HIDDEN, 2),
                random(3 * HIDDEN * LANES, 3),
                a,
                0,
                state);
        return state;
    }

    /**
     * H = 1, one lane: input (0, ln 3, 0.5), recurrent (0, 0, 2), no bias, g = 1. u = s(0) = 0.5, r
     * = s(ln 3) = 0.75, c = tanh(0.5 + 0.75 * 2) = tanh(2) = 0.964028; plain: g + 0.5 (c - g) =
     * 0.982014; paper with a = 0.2: g + 0.1 (c - g) = 0.996403; official: u' = 1 - 0.8 * 0.5 = 0.6,
     * 0.978417; replaced: 0.992806; scaled input: u = 0.5, r = s(0.2 ln 3) = 0.554711, c = tanh(0.1
     * + 1.109421) = tanh(1.209421) = 0.836506, 0.918253.
     */
    @ParameterizedTest
    @MethodSource("kernels")
    void equalsTheHandWorkedStep(Kernels kernels) {
        assertThat(one(kernels, Gate.PLAIN)).isCloseTo(0.982014f, within(2e-6f));
        assertThat(one(kernels, Gate.PAPER)).isCloseTo(0.996403f, within(2e-6f));
        assertThat(one(kernels, Gate.OFFICIAL)).isCloseTo(0.978417f, within(2e-6f));
        assertThat(one(kernels, Gate.REPLACED)).isCloseTo(0.992806f, within(2e-6f));
        assertThat(one(kernels, Gate.SCALED_INPUT)).isCloseTo(0.918253f, within(2e-6f));
    }

    private static float one(Kernels kernels, Gate gate) {
        float[] state = {1};
        float[] input = {0, (float) Math.log(3), 0.5f};
        kernels.gatedStep(
                gate,
                1,
                1,
                input,
                0,
                new float[3],
                new float[] {0, 0, 2},
                new float[] {0.2f},
                0,
                state);
        return state[0];
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void paperGateFreezesWhenAttentionIsZeroAndIsAGruWhenItIsOne(Kernels kernels) {
        assertThat(step(kernels, Gate.PAPER, 0)).containsExactly(random(HIDDEN * LANES, 4));
        assertThat(step(kernels, Gate.PAPER, 1)).containsExactly(step(kernels, Gate.PLAIN, 1));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void officialGateIsAGruWhenAttentionIsZero(Kernels kernels) {
        assertThat(step(kernels, Gate.OFFICIAL, 0))
                .containsExactly(step(kernels, Gate.PLAIN, 0), within(1e-6f));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void agruOverwritesWhenAttentionIsOneAndFreezesWhenItIsZero(Kernels kernels) {
        assertThat(step(kernels, Gate.REPLACED, 1))
                .containsExactly(step(kernels, Gate.OFFICIAL, 1), within(1e-6f));
        assertThat(step(kernels, Gate.REPLACED, 0)).containsExactly(random(HIDDEN * LANES, 4));
    }

    @Test
    void plainStepNeedsNoAttention() {
        float[] state = {0.5f};
        new ScalarKernels()
                .gatedStep(
                        Gate.PLAIN,
                        1,
                        1,
                        new float[3],
                        0,
                        new float[3],
                        new float[3],
                        null,
                        0,
                        state);
        assertThat(state[0]).isEqualTo(0.25f);
    }
}
