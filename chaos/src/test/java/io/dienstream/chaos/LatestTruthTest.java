package io.dienstream.chaos;

import static io.dienstream.chaos.RecordedRun.START;
import static io.dienstream.chaos.RecordedRun.USER;
import static io.dienstream.chaos.RecordedRun.behavior;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.TimeMode;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In latest mode any order between topics is right, and nothing else is. */
class LatestTruthTest {
    private static final Conditions LATEST =
            RecordedRun.conditions(
                    Delivery.EXACTLY_ONCE, TimeMode.LATEST, Duration.ZERO, Duration.ZERO);
    private static final Conditions WITH_TTL =
            RecordedRun.conditions(
                    Delivery.EXACTLY_ONCE, TimeMode.LATEST, Duration.ofSeconds(10), Duration.ZERO);

    private final Behavior first = behavior("1", 10);
    private final Behavior second = behavior("2", 20);
    private RecordedRun run;

    @BeforeEach
    void start() throws IOException {
        run = new RecordedRun();
    }

    private void sendBoth() {
        run.send(first, 100);
        run.send(second, 200);
        run.states.put(USER, run.history(first, second));
    }

    @Test
    void aRequestMayOvertakeABehavior() {
        sendBoth();
        AdRequest request = run.request("r", 30, 250);
        run.answer(request, run.history(first), 300);
        ChaosReport report = run.check(LATEST);
        assertThat(report.findings()).isEmpty();
        assertThat(report.ok()).isTrue();
        assertThat(report.applied()).isEqualTo(2);
    }

    @Test
    void noAnswerSeesWhatKafkaHasNotTakenYet() {
        sendBoth();
        AdRequest request = run.request("r", 30, 150);
        run.answer(request, run.history(first, second), 160);
        assertThat(run.check(LATEST).wrong()).isEqualTo(1);
    }

    @Test
    void whatAnAnswerHasSeenTheNextSeesToo() {
        sendBoth();
        AdRequest one = run.request("r1", 30, 250);
        AdRequest two = run.request("r2", 31, 260);
        run.answer(one, run.history(first, second), 300);
        run.answer(two, run.history(first), 310);
        assertThat(run.check(LATEST).wrong()).isEqualTo(1);
    }

    @Test
    void acrossARollbackItMaySeeLessAgainButNotLessThanTheCheckpointHad() {
        sendBoth();
        AdRequest one = run.request("r1", 30, 250);
        AdRequest two = run.request("r2", 31, 260);
        AdRequest three = run.request("r3", 32, 270);
        run.answer(one, run.history(first), 300);
        run.answer(two, run.history(first, second), 310);
        run.answer(two, run.history(first), 510);
        run.answer(three, run.history(), 520);
        run.rollbacks.add(START + 305, START + 400);
        ChaosReport report = run.check(LATEST);
        assertThat(report.findings()).hasSize(1).first().asString().startsWith("r3 saw 0");
        assertThat(report.repeated()).isEqualTo(2); // the answer, and what was served
    }

    @Test
    void findsAWrongScoreAndOneOfBehaviorsThatNeverStoodSideBySide() {
        sendBoth();
        AdRequest one = run.request("r1", 30, 250);
        AdRequest two = run.request("r2", 31, 260);
        run.answer(one, run.history(first), 2e-5f, 300);
        run.answer(two, run.history(second), 310);
        assertThat(run.check(LATEST).wrong()).isEqualTo(2);
    }

    @Test
    void findsAMissingAWrongAndAForeignState() {
        run.send(first, 100);
        run.states.put("nobody", run.history(first));
        assertThat(run.check(LATEST).statesWrong()).isEqualTo(2);
        run.states.put(USER, run.history(second));
        assertThat(run.check(LATEST).statesWrong()).isEqualTo(2);
    }

    @Test
    void anErasureStandsAnywhereBetweenTheBehaviors() {
        sendBoth();
        run.erase(15, 210);
        InterestHistory erased = run.history(second);
        erased.setErasedThrough(START + 15);
        run.states.put(USER, erased);
        AdRequest before = run.request("r1", 30, 220);
        AdRequest after = run.request("r2", 31, 230);
        run.answer(before, run.history(first, second), 300);
        run.answer(after, run.history(second), 310);
        ChaosReport report = run.check(LATEST);
        assertThat(report.findings()).isEmpty();
        assertThat(report.applied()).isEqualTo(3);
    }

    @Test
    void aBehaviorThatCameTooLateForItsHistoryIsADeadLetterAndElseIsNone() {
        List<Behavior> full = new ArrayList<>();
        int length = run.history().maxLength();
        for (int i = 0; i <= length; i++) {
            full.add(behavior("f" + i, 100 + i));
            run.send(full.get(i), 1_000 + i);
        }
        long late = run.send(behavior("late", 1), 2_000);
        run.states.put(USER, run.history(full.toArray(Behavior[]::new)));
        assertThat(run.check(LATEST).statesWrong()).isEqualTo(1); // lost without a trace
        run.states.put(USER, run.history(full.toArray(Behavior[]::new)));
        run.letter(late, 2_100);
        ChaosReport report = run.check(LATEST);
        assertThat(report.findings()).isEmpty();
        assertThat(report.deadLetters()).containsEntry("late", 1L);
        assertThat(report.balanced()).isTrue();
    }

    @Test
    void aBehaviorThatWasInTimeIsNoDeadLetter() {
        sendBoth();
        run.letter(1, 300);
        assertThat(run.check(LATEST).ok()).isFalse();
    }

    @Test
    void aUserMayBeForgottenWhenTimeHasPassedTheTtlButNotBefore() {
        Behavior back = behavior("3", 30_000);
        run.send(first, 100);
        run.send(back, 30_100);
        run.states.put(USER, run.history(back));
        run.lastWatermark(31_000);
        AdRequest early = run.request("r1", 5_000, 5_000);
        AdRequest gone = run.request("r2", 20_000, 20_000);
        run.answer(early, run.history(first), 5_010);
        run.answer(gone, run.history(), 20_010);
        ChaosReport report = run.check(WITH_TTL);
        assertThat(report.findings()).isEmpty();
        assertThat(report.statesSame()).isEqualTo(1);
    }

    @Test
    void aUserIsNotForgottenTooEarly() {
        run.send(first, 100);
        run.lastWatermark(1_000);
        run.states.put(USER, run.history(first));
        AdRequest seen = run.request("r1", 200, 200);
        AdRequest request = run.request("r2", 11_000, 11_000);
        run.answer(seen, run.history(first), 300);
        run.answer(request, run.history(), 11_010); // the watermark is at 9,510 at the most
        assertThat(run.check(WITH_TTL).wrong()).isEqualTo(1);
    }

    @Test
    void aUserWhoShouldBeForgottenAtTheEndIsFound() {
        run.send(first, 100);
        run.lastWatermark(60_000);
        run.states.put(USER, run.history(first));
        assertThat(run.check(WITH_TTL).statesWrong()).isEqualTo(1);
        run.states.clear();
        assertThat(run.check(WITH_TTL).statesWrong()).isZero();
    }
}
