package io.dienstream.chaos;

import static io.dienstream.chaos.RecordedRun.START;
import static io.dienstream.chaos.RecordedRun.USER;
import static io.dienstream.chaos.RecordedRun.behavior;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.TimeMode;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.ScoreFlag;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a ttl and silent partitions change of the truth in event time; CheckerTest has the rest. */
class EventTimeTruthTest {
    private static final Conditions WITH_TTL =
            RecordedRun.conditions(
                    Delivery.EXACTLY_ONCE,
                    TimeMode.EVENT_TIME,
                    Duration.ofSeconds(10),
                    Duration.ZERO);
    private static final Conditions IDLE =
            RecordedRun.conditions(
                    Delivery.EXACTLY_ONCE,
                    TimeMode.EVENT_TIME,
                    Duration.ZERO,
                    Duration.ofSeconds(3));

    private final Behavior first = behavior("1", 10);
    private final Behavior second = behavior("2", 20);
    private RecordedRun run;

    @BeforeEach
    void start() throws IOException {
        run = new RecordedRun();
    }

    @Test
    void aUserIsThereUpToTheTtlAndGoneRightAfterIt() {
        run.send(first, 10);
        run.answer(run.request("r1", 10_010, 10_010), run.history(first), 12_000);
        run.answer(run.request("r2", 10_011, 10_011), run.history(), 12_000);
        ChaosReport report = run.check(WITH_TTL);
        assertThat(report.findings()).isEmpty();
        assertThat(report.answered()).isEqualTo(2);
    }

    @Test
    void aUserWhoIsForgottenTooEarlyOrTooLateIsFound() {
        run.send(first, 10);
        run.answer(run.request("r1", 10_010, 10_010), run.history(), 12_000);
        run.answer(run.request("r2", 10_011, 10_011), run.history(first), 12_000);
        assertThat(run.check(WITH_TTL).wrong()).isEqualTo(2);
    }

    @Test
    void theStateAtTheEndIsThatOfTheLastWatermark() {
        run.send(first, 10);
        run.lastWatermark(10_009);
        run.states.put(USER, run.history(first));
        assertThat(run.check(WITH_TTL).statesSame()).isEqualTo(1);
        run.lastWatermark(10_010);
        run.states.put(USER, run.history(first));
        assertThat(run.check(WITH_TTL).statesWrong()).isEqualTo(1);
    }

    @Test
    void aBehaviorOfASilentPartitionMayBeLateAndIsThenNotApplied() {
        run.send(first, 10);
        long late = run.send(second, 5_000);
        run.letter(late, 5_100);
        run.disturbances.add(START + 4_000, START + 5_200);
        run.states.put(USER, run.history(first));
        run.answer(run.request("r", 6_000, 6_000), run.history(first), 7_600);
        ChaosReport report = run.check(IDLE);
        assertThat(report.findings()).isEmpty();
        assertThat(report.overtaken()).isEqualTo(1);
        assertThat(report.ok()).isTrue();
    }

    @Test
    void withoutASilenceOrWithoutIdlenessNothingIsLate() {
        run.send(first, 10);
        run.letter(run.send(second, 5_000), 5_100);
        run.states.put(USER, run.history(first));
        assertThat(run.check(IDLE).ok()).isFalse();

        run.letter(1, 5_100);
        run.disturbances.add(START + 4_000, START + 5_200);
        run.states.put(USER, run.history(first));
        assertThat(run.check(RecordedRun.EVENT_TIME).ok()).isFalse();
    }

    @Test
    void aRequestOfASilentPartitionMaySeeAHistoryOfLater() {
        run.send(first, 10);
        run.send(second, 20);
        run.erase(15, 5_000); // before the request was answered, though after it by event time
        AdRequest request = run.request("r", 12, 5_000);
        var erased = run.history(second);
        erased.setErasedThrough(START + 15);
        run.states.put(USER, erased);
        run.answer(request, erased, 5_100, ScoreFlag.LATE_REQUEST);
        run.disturbances.add(START + 4_000, START + 5_200);
        ChaosReport report = run.check(IDLE);
        assertThat(report.findings()).isEmpty();
        assertThat(report.overtaken()).isEqualTo(1);
    }

    @Test
    void aLateRequestThatNoHistoryExplainsOrNoSilenceIsFound() {
        run.send(first, 10);
        run.states.put(USER, run.history(first));
        AdRequest one = run.request("r1", 12, 5_000);
        AdRequest two = run.request("r2", 13, 9_000);
        run.answer(one, run.history(), 5_100, ScoreFlag.LATE_REQUEST);
        run.answer(two, run.history(first), 9_100, ScoreFlag.LATE_REQUEST);
        run.disturbances.add(START + 4_000, START + 5_200);
        assertThat(run.check(IDLE).wrong()).isEqualTo(2);
    }
}
