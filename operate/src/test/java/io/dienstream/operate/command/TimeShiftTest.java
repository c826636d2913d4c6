package io.dienstream.operate.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeShiftTest {
    private static final long FIRST = 1_000;
    private static final long LAST = 101_000;
    private static final long NOW = 1_700_000_000_000L;

    /** Whatever the speed, no event is ahead of the clock when it is sent. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5, 1, 2, 100})
    void noEventIsSentBeforeItHappens(double speed) {
        long by = TimeShift.toNow(FIRST, LAST, NOW, speed);
        long nearest = Long.MAX_VALUE;
        for (long time = FIRST; time <= LAST; time += 1_000) {
            long clock = NOW + (speed == 0 ? 0 : (long) ((time - FIRST) / speed));
            assertThat(time + by).isLessThanOrEqualTo(clock + 1);
            nearest = Math.min(nearest, clock - time - by);
        }
        assertThat(nearest).as("and one is of the present").isBetween(-1L, 1L);
    }
}
