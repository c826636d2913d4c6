package io.dienstream.bench.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code dien bench join} at a small size: by what is counted and kept, not by time. */
class JoinBenchmarkIT {
    private static final double RATE = 300;
    private static final int WAIT_SECONDS = 20;

    private static JoinPlan plan(int behaviors) {
        return new JoinPlan(behaviors, 20, 3, RATE, 0.2, 0.05, 2, 2, 0);
    }

    @Test
    void countsBalanceAndAnOpenImpressionKeepsLittleBesideWhatWasServed() throws Exception {
        JoinTable table =
                new JoinBenchmark(
                                Map.of(
                                        "labels.wait",
                                        WAIT_SECONDS + "s",
                                        "time.allowed-lateness",
                                        "1s",
                                        "quality.window",
                                        "5s"))
                        .run(List.of(plan(5), plan(50)), () -> {});
        assertThat(table.rows()).hasSize(2);
        for (JoinTable.Row row : table.rows()) {
            JoinBalance balance = row.balance();
            assertThat(balance.isRight()).as(balance.toString()).isTrue();
            assertThat(row.open())
                    .as("all of W is open after the filling")
                    .isCloseTo((long) (RATE * WAIT_SECONDS), within((long) RATE));
            assertThat(row.requests()).isCloseTo(row.open() / 3, within((long) RATE));
            assertThat(balance.labels()).isGreaterThan(100);
            assertThat(balance.written()).isEqualTo(balance.labels());
            assertThat(balance.waiting()).isGreaterThanOrEqualTo(row.open());
            assertThat(balance.refused()).isZero();
            assertThat(balance.corrections()).as("clicks after W").isPositive();
            assertThat(row.fillPerSecond()).isPositive();
            assertThat(row.perSecond()).isPositive();
            assertThat(row.bytesBesideSnapshot()).isBetween(20.0, 1024.0);
            assertThat((double) row.requests() / row.open())
                    .as("three impressions of a request")
                    .isCloseTo(1.0 / 3, within(1.0 / 30));
        }
        assertThat(table.rows().get(1).snapshotBytes())
                .as("45 behaviors more")
                .isGreaterThan(table.rows().get(0).snapshotBytes() + 45 * 30);
        assertThat(table.isRight()).isTrue();
        assertThat(table.markdown()).contains("counts balance").doesNotContain("DO NOT");
    }

    @Test
    void anImpressionThatIsMissingIsNoBalance() {
        JoinBalance whole = new JoinBalance(10, 4, 10, 1, 4, 6, 1, 0, 4, 0, 0, 3, 1);
        assertThat(whole.isRight()).isTrue();
        assertThat(new JoinBalance(11, 4, 10, 1, 4, 6, 1, 0, 4, 0, 0, 3, 1).isRight()).isFalse();
        assertThat(new JoinBalance(10, 4, 10, 1, 4, 5, 1, 0, 4, 0, 0, 3, 1).isRight()).isFalse();
        assertThat(new JoinBalance(10, 5, 10, 1, 4, 6, 1, 0, 4, 0, 0, 3, 1).isRight()).isFalse();
        assertThat(new JoinBalance(10, 4, 10, 1, 4, 6, 1, 0, 3, 0, 0, 3, 1).isRight()).isFalse();
    }
}
