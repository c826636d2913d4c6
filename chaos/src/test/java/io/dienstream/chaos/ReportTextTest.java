package io.dienstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** The two numbers of a recovery stand apart, for people and for scripts. */
class ReportTextTest {
    private static ChaosReport report() {
        var builder = new ChaosReport.Builder(7, RecordedRun.EVENT_TIME, 2);
        builder.rate(1_500, 3_000);
        builder.fault(Fault.KILL_JOBMANAGER, OptionalDouble.of(9.5), 21);
        builder.fault(Fault.KILL_JOBMANAGER, OptionalDouble.of(8.5), 17);
        builder.fault(Fault.PAUSE_BROKER, OptionalDouble.empty(), 4);
        builder.checkpoints(List.of(300L, 500L, 2_000L));
        builder.checkpointsCatchingUp(List.of(2_000L));
        builder.happened(2, 3, 0);
        return builder.build();
    }

    @Test
    void showsRunningAgainBesideCaughtUp() {
        assertThat(ReportText.of(report()))
                .startsWith("seed 7: --delivery exactly-once --time-mode event-time --ttl 0s")
                .contains("1,500 records/s of 3,000 that are sustained")
                .contains("kill-jobmanager              2      8.5     9.5     17.0    21.0")
                .contains("pause-broker                 1        -       -      4.0     4.0")
                .contains("checkpoints: 3, median 500 ms, longest 2,000 ms; while catching up: 1,");
    }

    @Test
    void jsonHasBothToo() {
        JsonNode json = new ObjectMapper().valueToTree(report());
        JsonNode recovery = json.at("/recovery_seconds/kill-jobmanager");
        assertThat(recovery.at("/times").asInt()).isEqualTo(2);
        assertThat(recovery.at("/running_again/longest").asDouble()).isEqualTo(9.5);
        assertThat(recovery.at("/caught_up/longest").asDouble()).isEqualTo(21);
        assertThat(json.at("/recovery_seconds/pause-broker/running_again").isNull()).isTrue();
        assertThat(json.at("/conditions/delivery").asText()).isEqualTo("exactly-once");
        assertThat(json.at("/faults/kill-jobmanager").asInt()).isEqualTo(2);
        assertThat(json.at("/checkpoint_ms/catching_up/longest").asDouble()).isEqualTo(2_000);
    }
}
