package io.dienstream.sandbox.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class GrowthTest {
    private static final double MIB = 1 << 20;
    private static final int SAMPLES = 60;
    private static final double PERIOD = 8;

    private static Growth growth(Measure measure, IntToDoubleFunction raw) {
        double[] seconds = new double[SAMPLES];
        double[] values = new double[SAMPLES];
        for (int n = 0; n < SAMPLES; n++) {
            seconds[n] = PERIOD * n;
            values[n] = raw.applyAsDouble(n);
        }
        return Growth.of(measure, seconds, values);
    }

    @Test
    void findsThirtyMegabytesAMinuteWithinEightMinutes() {
        Random noise = new Random(1);
        Growth g =
                growth(
                        Measure.HEAP,
                        n -> MIB * (222 + 30 * PERIOD * n / 60 + 20 * noise.nextGaussian()));
        assertThat(g.isLeak()).isTrue();
        assertThat(g.perHour()).isBetween(1_500.0, 2_100.0); // 1,800 in truth
    }

    @Test
    void takesNoiseAndASingleCollectionAtTheWrongMomentForNoGrowth() {
        Random noise = new Random(2);
        Growth g =
                growth(
                        Measure.HEAP,
                        n -> MIB * (200 + 10 * noise.nextGaussian() + (n == 59 ? 400 : 0)));
        assertThat(g.isLeak()).isFalse();
        assertThat(g.last()).isGreaterThan(550);
    }

    @Test
    void takesTheSawOfABufferForNoGrowth() {
        assertThat(growth(Measure.ROCKSDB, n -> MIB * (40 + 5.0 * (n % 7))).isLeak()).isFalse();
    }

    @Test
    void findsOneThreadInEveryFewSamples() {
        assertThat(growth(Measure.THREADS, n -> 100 + n / 4).isLeak()).isTrue();
        assertThat(growth(Measure.THREADS, n -> 100 + n % 4).isLeak()).isFalse();
    }

    @Test
    void whatShrinksIsNoLeak() {
        Growth g = growth(Measure.METASPACE, n -> MIB * (200 - n));
        assertThat(g.isLeak()).isFalse();
        assertThat(g.grown()).isCloseTo(-60, within(1e-6));
    }

    @Test
    void twoSamplesAreNoTrend() {
        assertThatThrownBy(() -> Growth.of(Measure.HEAP, new double[] {0, 1}, new double[] {1, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("samples=2");
    }

    @Test
    void theTableSaysWhichGrows() {
        List<String> table =
                Growth.table(
                        List.of(
                                growth(Measure.THREADS, n -> 100 + n),
                                growth(Measure.FILES, n -> 50)));
        assertThat(table).hasSize(3);
        assertThat(table.get(1)).startsWith("threads").endsWith("GROWS");
        assertThat(table.get(2)).startsWith("open files").endsWith("ok");
    }
}
