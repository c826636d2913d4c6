package io.dienstream.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dienstream.job.option.Backend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerTableTest {
    private static final PeerPlan PLAN =
            new PeerPlan(1000, 100, List.of(20), 1, Backend.ROCKSDB, 2, 8, 3, 100);

    private static PeerTable.Rate rate(int candidates, double perSecond) {
        return new PeerTable.Rate(
                candidates, perSecond, 8, Map.of(CpuTimes.JOB, 300.0, CpuTimes.BROKER, 100.0));
    }

    private static PeerTable.Contestant contestant(List<List<PeerTable.Rate>> rounds) {
        PeerTable.Latency latency = new PeerTable.Latency(500, 2.5, 12.5, 40, 3);
        return new PeerTable.Contestant(
                "some | job",
                1e-7,
                rounds,
                1000,
                latency,
                latency,
                new PeerTable.Freshness(98, 6, 19, 30, 1, 2),
                new PeerTable.Kill("server | SIGKILL", 800, 0, 0, 217, 6.7, 50, 1));
    }

    @Test
    void theFirstOfSeveralRoundsIsWarmUp() {
        PeerTable.Contestant several =
                contestant(
                        List.of(
                                List.of(rate(0, 10), rate(20, 1)),
                                List.of(rate(0, 30), rate(20, 3)),
                                List.of(rate(0, 50), rate(20, 5))));
        assertThat(several.perSecond(0)).isEqualTo(40);
        assertThat(several.perSecond(20)).isEqualTo(4);
        assertThat(contestant(List.of(List.of(rate(20, 7)))).perSecond(20)).isEqualTo(7);
    }

    @Test
    void aCoresShareCountsEveryProcess() {
        PeerTable.Contestant one = contestant(List.of(List.of(rate(20, 7))));
        assertThat(one.perCore(20)).isCloseTo(2500, within(1e-9));
    }

    @Test
    void theTableHasEveryFigure() {
        PeerTable.Contestant one = contestant(List.of(List.of(rate(0, 4e4), rate(20, 2500))));
        PeerTable table = new PeerTable("17", 2, "m", PLAN, 500, List.of(one, one));
        assertThat(table.markdown())
                .contains("| requests of 20/s | 2,500 | 2,500 |")
                .contains("| at the same load, p50 / p99 ms | 2.5 / 12.5, 3 missing |")
                .contains("| 6.0 / 19.0 of 98, 1 unseen |")
                .doesNotContain("server | SIGKILL")
                .contains("| what is killed | server ")
                .contains("0 / 0 / 217 of 800")
                .contains("1 of 50")
                .doesNotContain("some | job");
    }
}
