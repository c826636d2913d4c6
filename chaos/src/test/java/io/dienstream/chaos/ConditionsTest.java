package io.dienstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.chaos.Conditions.Fixed;
import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.option.TimeMode;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ConditionsTest {
    private static final int SEEDS = 200;

    private static LongStream seeds() {
        return LongStream.range(0, SEEDS);
    }

    @Test
    void everyValueIsDrawnByNeighboringSeeds() {
        Map<String, Set<String>> drawn = new TreeMap<>();
        LongStream.range(0, 40)
                .forEach(
                        seed ->
                                Conditions.draw(seed, Fixed.NOTHING)
                                        .shown()
                                        .forEach(
                                                (flag, value) ->
                                                        drawn.computeIfAbsent(
                                                                        flag, f -> new HashSet<>())
                                                                .add(value)));
        assertThat(drawn)
                .containsEntry("delivery", Set.of("exactly-once", "at-least-once"))
                .containsEntry("time-mode", Set.of("event-time", "latest"))
                .containsEntry("ttl", Set.of("0s", "10s"))
                .containsEntry("idle-after", Set.of("0s", "3s"))
                .containsEntry("scoring-parallelism", Set.of("0", "1", "2", "3"))
                .containsEntry("rollout", Set.of("false", "true"));
    }

    @Test
    void whatIsFixedChangesNothingElse() {
        seeds().forEach(
                        seed -> {
                            Conditions drawn = Conditions.draw(seed, Fixed.NOTHING);
                            Conditions fixed =
                                    Conditions.draw(
                                            seed,
                                            new Fixed(
                                                    null,
                                                    null,
                                                    Duration.ofSeconds(7),
                                                    null,
                                                    5,
                                                    true));
                            assertThat(fixed.ttl()).hasSeconds(7);
                            assertThat(fixed.scoringParallelism()).isEqualTo(5);
                            assertThat(fixed.rollout()).isTrue();
                            assertThat(fixed.delivery()).isEqualTo(drawn.delivery());
                            assertThat(fixed.timeMode()).isEqualTo(drawn.timeMode());
                            assertThat(fixed.idleAfter()).isEqualTo(drawn.idleAfter());
                        });
    }

    @Test
    void idlenessIsNeverDrawnWhereARecordCouldBeBothLateAndInTime() {
        seeds().mapToObj(seed -> Conditions.draw(seed, Fixed.NOTHING))
                .filter(c -> !c.idleAfter().isZero() && c.eventTime())
                .forEach(c -> assertThat(c.exactlyOnce()).isTrue());
        var asked =
                new Fixed(
                        Delivery.AT_LEAST_ONCE,
                        TimeMode.EVENT_TIME,
                        null,
                        Duration.ofSeconds(3),
                        null,
                        null);
        assertThatThrownBy(() -> Conditions.draw(1, asked))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("--idle-after");
    }

    @Test
    void theJobTakesWhateverIsDrawn() {
        seeds().forEach(
                        seed -> {
                            Conditions c = Conditions.draw(seed, Fixed.NOTHING);
                            JobOptions job = ClusterSettings.jobOptions(c, Map.of());
                            assertThat(job.get(JobOptions.DELIVERY)).isEqualTo(c.delivery());
                            assertThat(job.get(JobOptions.TIME_MODE)).isEqualTo(c.timeMode());
                            assertThat(job.get(JobOptions.STATE_TTL)).isEqualTo(c.ttl());
                            assertThat(job.get(JobOptions.IDLE_AFTER)).isEqualTo(c.idleAfter());
                            assertThat(job.get(JobOptions.SCORING_PARALLELISM))
                                    .isEqualTo(c.scoringParallelism());
                            assertThat(job.get(JobOptions.ROLLOUT_ENABLED)).isEqualTo(c.rollout());
                        });
    }
}
