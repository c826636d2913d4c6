package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.OptionException;
import io.dienstream.sandbox.DemoCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Against a real broker, whose own limit is Kafka's default of 15 minutes. */
class TransactionTimeoutIT {
    private static final String TIMEOUT = "kafka.properties.transaction.timeout.ms";

    private static JobOptions options(DemoCluster cluster, String... more) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        return cluster.options(Path.of("model-is-not-read"), values);
    }

    private static JobOptions exactlyOnce(DemoCluster cluster, String... more) {
        String[] all = new String[more.length + 2];
        all[0] = "delivery.guarantee";
        all[1] = "exactly-once";
        System.arraycopy(more, 0, all, 2, more.length);
        return options(cluster, all);
    }

    @Test
    void isHeldAgainstTheBrokersLimitAndTheCheckpointIntervalBeforeTheJobStarts() throws Exception {
        try (DemoCluster cluster = DemoCluster.start(1)) {
            assertThatCode(() -> KafkaCheck.check(exactlyOnce(cluster))).doesNotThrowAnyException();
            assertThatThrownBy(() -> KafkaCheck.check(exactlyOnce(cluster, TIMEOUT, "3600000")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the brokers allow 900000 (transaction.max.timeout.ms)");
            assertThatThrownBy(
                            () ->
                                    KafkaCheck.check(
                                            exactlyOnce(
                                                    cluster,
                                                    TIMEOUT,
                                                    "60000",
                                                    "checkpoint.interval",
                                                    "40s")))
                    .isInstanceOf(OptionException.class)
                    .hasMessageContaining("transaction.timeout.ms = 60000 ms is too short");
            assertThatCode(() -> KafkaCheck.check(options(cluster, TIMEOUT, "3600000")))
                    .doesNotThrowAnyException();
        }
    }
}
