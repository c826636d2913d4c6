package io.dienstream.job.connector;

import io.dienstream.job.failure.RootCause;
import java.io.IOException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;

/**
 * Kafka's admin client, which gives up at once where no broker's name can be resolved. A broker
 * that is only being started may have no name yet: then it gets as long as one that does not
 * answer.
 */
final class ResolvedAdmin {
    private static final long RETRY_MS = 500;
    private static final String UNRESOLVED = "No resolvable bootstrap urls";

    private ResolvedAdmin() {}

    /**
     * @param client with {@code bootstrap.servers}
     * @throws IOException saying why there is none, after {@code timeoutMs} where a name cannot be
     *     resolved, else at once
     */
    static Admin create(Properties client, long timeoutMs)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (true) {
            try {
                return Admin.create(client);
            } catch (KafkaException e) {
                Throwable cause = RootCause.of(e);
                boolean unresolved =
                        cause instanceof ConfigException
                                && String.valueOf(cause.getMessage()).startsWith(UNRESOLVED);
                long left = deadline - System.nanoTime();
                if (!unresolved || left <= 0) {
                    throw new IOException(
                            "kafka.bootstrap-servers = '%s' cannot be used: %s"
                                    .formatted(
                                            client.getProperty("bootstrap.servers"),
                                            unresolved
                                                    ? "no name in it was resolved within %d ms"
                                                            .formatted(timeoutMs)
                                                    : cause.getMessage()),
                            e);
                }
                Thread.sleep(Math.min(RETRY_MS, TimeUnit.NANOSECONDS.toMillis(left) + 1));
            }
        }
    }
}
