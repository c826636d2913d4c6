package io.dienstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnansweredRequestsTest {
    private static final Duration AGE = Duration.ofSeconds(5);
    private static final Duration NOW = Duration.ZERO;

    private final UnansweredRequests unanswered = new UnansweredRequests();
    private final long now = System.currentTimeMillis();

    @Test
    void caughtUpIsAnAnswerFromAfterTheFaultAndNoneThatWaitsForLong() throws Exception {
        unanswered.sent("before", now - 20_000);
        unanswered.sent("after", now - 1_000);
        unanswered.answered("after");
        assertThat(unanswered.awaitCaughtUp(now - 2_000, AGE, NOW)).isFalse();
        unanswered.answered("before");
        assertThat(unanswered.awaitCaughtUp(now - 2_000, AGE, NOW)).isTrue();
        assertThat(unanswered.awaitCaughtUp(now - 500, AGE, NOW)).isFalse();
    }

    @Test
    void aClockWaitsForTheAnswerThatShowsItsBehavior() throws Exception {
        unanswered.ticked("clock-0", now - 20_000);
        unanswered.ticked("clock-0", now - 19_500);
        assertThat(unanswered.awaitNoneBefore(now - 10_000, NOW)).isFalse();
        unanswered.seen("clock-0", now - 20_000);
        assertThat(unanswered.awaitNoneBefore(now - 19_600, NOW)).isTrue();
        assertThat(unanswered.awaitNoneBefore(now - 10_000, NOW)).isFalse();
        unanswered.seen("clock-0", now - 19_500);
        assertThat(unanswered.awaitNoneBefore(now - 10_000, NOW)).isTrue();
    }

    @Test
    void theOldestIsTheAge() {
        assertThat(unanswered.oldestAge()).isLessThan(1_000);
        unanswered.sent("r", now - 50_000);
        unanswered.ticked("clock-0", now - 90_000);
        assertThat(unanswered.oldestAge()).isBetween(90_000L, 100_000L);
    }
}
