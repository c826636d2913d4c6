package io.dienstream.job.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.job.Records;
import io.dienstream.job.option.JobOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionTimingTest {
    private static TransactionTiming timing(String... more) {
        List<String> all = new ArrayList<>(List.of("delivery.guarantee", "exactly-once"));
        all.addAll(List.of(more));
        JobOptions options = Records.options(Path.of("unused"), all.toArray(new String[0]));
        return TransactionTiming.of(options);
    }

    /**
     * Interval 30 s, pause 15 s, timeout 120 s: without a failure max(30, 135) + 120 + 120 of a
     * restart = 375 s; each failure takes 120 s; 375 + 4 * 120 = 855 is less than 900, one more is
     * not.
     */
    @Test
    void theDefaultToleratesWhatATransactionOutlasts() {
        assertThat(timing().tolerated()).isEqualTo(4);
        assertThat(timing().timeoutMs()).isEqualTo(900_000);
        assertThat(timing("checkpoint.timeout", "30s").tolerated()).isEqualTo(23);
    }

    @Test
    void withoutTransactionsEveryNumberIsFine() {
        assertThat(timing("delivery.guarantee", "at-least-once").tolerated()).isEqualTo(30);
    }

    @Test
    void whatWasAskedForIsRefusedWhereItCannotBeHad() {
        assertThat(timing("checkpoint.tolerated-failures", "4").tolerated()).isEqualTo(4);
        assertThatThrownBy(() -> timing("checkpoint.tolerated-failures", "5"))
                .hasMessageContaining("checkpoint.tolerated-failures = 5")
                .hasMessageContaining("wait 975000 ms")
                .hasMessageContaining("at most 4");
        assertThatThrownBy(() -> timing("checkpoint.timeout", "10min"))
                .hasMessageContaining("transaction.timeout.ms = 900000 ms is too short")
                .hasMessageContaining("checkpoint.timeout = 600000 ms");
        assertThatThrownBy(() -> timing("kafka.properties.transaction.timeout.ms", "soon"))
                .hasMessageContaining("'soon' is no number");
    }
}
