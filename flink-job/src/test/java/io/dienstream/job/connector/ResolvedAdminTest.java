package io.dienstream.job.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class ResolvedAdminTest {
    private static final long PROMISED_MS = 700;

    private static Properties client(String servers) {
        Properties client = new Properties();
        client.setProperty("bootstrap.servers", servers);
        return client;
    }

    @Test
    void aNameThatIsNeverResolvedIsTriedAsLongAsPromisedAndThenTheCause() {
        long start = System.nanoTime();
        assertThatThrownBy(() -> ResolvedAdmin.create(client("nobody.invalid:9092"), PROMISED_MS))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "kafka.bootstrap-servers = 'nobody.invalid:9092' cannot be used: no name in"
                                + " it was resolved within 700 ms");
        assertThat((System.nanoTime() - start) / 1_000_000).isGreaterThanOrEqualTo(PROMISED_MS);
    }

    @Test
    void whatIsNoAddressIsRefusedAtOnceWithKafkasReason() {
        assertThatThrownBy(() -> ResolvedAdmin.create(client("nonsense"), 3_600_000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "'nonsense' cannot be used: Invalid url in bootstrap.servers");
    }

    @Test
    void aPropertyThatIsNoNumberIsNamed() {
        Properties client = client("localhost:1");
        client.setProperty("retries", "often");
        assertThatThrownBy(() -> ResolvedAdmin.create(client, 3_600_000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("retries");
    }

    @Test
    void aNameThatResolvesIsEnough() throws Exception {
        try (Admin admin = ResolvedAdmin.create(client("localhost:1"), PROMISED_MS)) {
            assertThat(admin).isNotNull();
        }
    }
}
