package io.dienstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.TimeMode;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AbsencesTest {
    private static final long BEGIN = 1_700_000_000_000L;
    private static final int STEP_MS = 100;
    private static final int PARTITION_SILENT_MS = 6_000;
    private static final int USER_AWAY_MS = 20_000;

    private final Conditions conditions =
            RecordedRun.conditions(
                    Delivery.EXACTLY_ONCE,
                    TimeMode.LATEST,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(3));
    private final Absences absences = new Absences(conditions);

    @Test
    void everyPartitionIsSilentForLongerThanIdleAfterButNeverTwoAtATime() {
        absences.begin(BEGIN);
        Set<Integer> seen = new HashSet<>();
        int silent = 0;
        for (int ms = 0; ms < 96_000; ms += STEP_MS) {
            int atOnce = 0;
            for (int p = 0; p < ChaosCluster.PARTITIONS; p++) {
                if (absences.silent(p, BEGIN + ms)) {
                    seen.add(p);
                    atOnce++;
                }
            }
            assertThat(atOnce).isLessThanOrEqualTo(1);
            silent += atOnce * STEP_MS;
        }
        assertThat(seen).hasSize(ChaosCluster.PARTITIONS);
        assertThat(silent).isEqualTo(ChaosCluster.PARTITIONS * PARTITION_SILENT_MS);
    }

    @Test
    void aSilenceIsRememberedForAWhile() {
        absences.begin(BEGIN);
        assertThat(absences.silent(0, BEGIN + 17_999)).isTrue();
        assertThat(absences.silent(0, BEGIN + 18_000)).isFalse();
        assertThat(absences.silentWithin(0, 5_000, BEGIN + 22_999)).isTrue();
        assertThat(absences.silentWithin(0, 5_000, BEGIN + 23_000)).isFalse();
        assertThat(absences.silentWithin(1, 5_000, BEGIN + 22_999)).isFalse();
    }

    @Test
    void everyUserIsAwayForLongerThanTheTtlOnceInARound() {
        absences.begin(BEGIN);
        for (int u = 0; u < 40; u++) {
            int away = 0;
            for (int ms = 0; ms < 8 * USER_AWAY_MS; ms += STEP_MS) {
                away += absences.away("u" + u, BEGIN + ms) ? STEP_MS : 0;
            }
            assertThat(away).isEqualTo(USER_AWAY_MS);
        }
    }

    @Test
    void nobodyIsAbsentBeforeTheBeginOrWhereNothingAsksForIt() {
        assertThat(absences.silent(0, BEGIN + 13_000)).isFalse();
        assertThat(absences.away("u1", BEGIN)).isFalse();
        Absences none = new Absences(RecordedRun.EVENT_TIME);
        none.begin(BEGIN);
        for (int ms = 0; ms < 200_000; ms += STEP_MS) {
            assertThat(none.silent(0, BEGIN + ms) || none.away("u1", BEGIN + ms)).isFalse();
        }
    }
}
