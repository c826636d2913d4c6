package io.dienstream.job.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadPaceTest {
    private static final long MS = 1_000_000;

    private final List<Long> pauses = new ArrayList<>();
    private long now;
    private int mostPauses = Integer.MAX_VALUE;

    private LoadPace pace(double share) {
        return new LoadPace(
                share,
                () -> pauses.size() >= mostPauses,
                () -> now,
                nanos -> {
                    pauses.add(nanos);
                    now += nanos;
                });
    }

    /** Nanoseconds that {@code work} of 1 ms pieces takes with what is waited. */
    private long run(LoadPace pace, int pieces) {
        long start = now;
        for (int n = 0; n < pieces; n++) {
            now += MS;
            pace.rest();
        }
        return now - start;
    }

    @Test
    void workTakesItsShareOfTheTime() {
        assertThat(run(pace(0.25), 1_000)).isEqualTo(4_000 * MS);
        assertThat(run(pace(0.5), 1_000)).isEqualTo(2_000 * MS);
    }

    @Test
    void allOfTheTimeMeansNoPause() {
        assertThat(run(pace(1), 1_000)).isEqualTo(1_000 * MS);
        assertThat(pauses).isEmpty();
    }

    @Test
    void itHurriesWhileATaskWaits() {
        mostPauses = 3;
        run(pace(0.1), 1_000);
        assertThat(pauses).hasSize(3);
    }

    /** A wait is looked up from again and again, for a task may begin to wait in the middle. */
    @Test
    void noPauseIsLong() {
        run(pace(0.01), 10);
        assertThat(pauses).allMatch(p -> p <= 10 * MS).hasSizeGreaterThan(50);
    }

    @Test
    void whoWasHeldUpHasNotWorked() {
        LoadPace pace = pace(0.5);
        now += 10_000 * MS;
        pace.rest();
        assertThat(pauses.stream().mapToLong(p -> p).sum()).isEqualTo(50 * MS);
    }
}
