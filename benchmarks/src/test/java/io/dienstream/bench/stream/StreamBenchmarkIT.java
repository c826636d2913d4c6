package io.dienstream.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.dienstream.bench.PaperModel;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.job.option.Backend;
import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole-system benchmarks at a small size, and a floor under the job's share of the ceiling.
 */
class StreamBenchmarkIT {
    private static final int HISTORY = 30;

    /** Measured with so little state: 0.23 to 0.6. Below this something costs twice what it did. */
    private static final double LEAST_SHARE = 0.1;

    @TempDir private Path directory;

    private JobSettings settings() throws IOException {
        Path model = directory.resolve("model");
        PaperModel.write(model, AttentionType.BILINEAR, HISTORY);
        return new JobSettings(model, Map.of(JobOptions.WARM_UP.key(), "2s"), Map.of());
    }

    private static StreamCase behaviors(boolean ceiling) {
        return new StreamCase(
                StreamCase.Load.BEHAVIORS, ceiling, 300, HISTORY, 0, 1, 0, Backend.ROCKSDB);
    }

    @Test
    void theJobKeepsItsShareOfTheCeiling() throws Exception {
        StreamTable table =
                new StreamBenchmark(null, settings())
                        .run(
                                List.of(behaviors(true), behaviors(false)),
                                1,
                                0.5,
                                "random",
                                () -> {});
        StreamFigure ceiling = table.figures().get(0);
        StreamFigure job = table.figures().get(1);
        double share = job.perSecond() / ceiling.perSecond();
        System.out.printf(
                "behaviors/s: %,.0f of %,.0f passed through, share %.2f (floor %.2f)%n",
                job.perSecond(), ceiling.perSecond(), share, LEAST_SHARE);
        assertThat(share).isGreaterThan(LEAST_SHARE);
        for (StreamFigure f : table.figures()) {
            // 300 users with 30 behaviors of 36 floats and more on average; evictions leave 22, and
            // a tail's have no floats
            assertThat(f.checkpointBytes()).isBetween(300L * HISTORY * 100, 300L * HISTORY * 400);
            assertThat(f.restoreMillis()).isPositive();
        }
        assertThat(table.markdown()).contains("behaviors, passed through").contains(" % |");
    }

    @Test
    void latencyIsTakenOfEveryRequestThatWasDue() throws Exception {
        StreamCase of =
                new StreamCase(StreamCase.Load.REQUESTS, false, 50, 10, 5, 1, 0, Backend.HASHMAP);
        LatencyTable table =
                new LatencyBenchmark(null, settings())
                        .run(
                                new LatencyBenchmark.Plan(of, 1, List.of(0.1), 2, 1),
                                "random",
                                () -> {});
        LatencyTable.Row row = table.rows().get(0);
        assertThat(table.saturation()).isGreaterThan(50);
        assertThat(row.rate()).isCloseTo(table.saturation() / 10, within(1e-6));
        assertThat(row.missing()).isZero();
        assertThat(row.answered()).isBetween(row.rate() * 0.7, row.rate() * 1.1);
        assertThat(row.millis().get(50.0)).isPositive().isLessThanOrEqualTo(row.millis().get(99.0));
        assertThat(row.millis().get(99.0)).isLessThanOrEqualTo(row.max());
        // of two seconds; a histogram keeps three digits
        assertThat(row.slowest()).hasSize(20);
        assertThat(Collections.max(row.slowest())).isCloseTo(row.max(), withinPercentage(0.2));
    }
}
