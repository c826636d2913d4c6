package io.dienstream.job.connector;

import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/** Asks Kafka before the job is submitted, so that what is missing is said at once and clearly. */
public final class KafkaCheck {
    private KafkaCheck() {}

    /**
     * @throws IOException saying what is missing and what to do, at the latest after {@code
     *     kafka.startup-timeout}
     */
    public static void check(JobOptions options) throws IOException, InterruptedException {
        String servers = options.get(JobOptions.BOOTSTRAP_SERVERS);
        long timeoutMs = options.get(JobOptions.KAFKA_TIMEOUT).toMillis();
        Set<String> missing =
                new TreeSet<>(
                        Set.of(
                                options.get(JobOptions.BEHAVIORS),
                                options.get(JobOptions.REQUESTS),
                                options.get(JobOptions.SCORES),
                                options.get(JobOptions.DEAD_LETTERS)));
        if (options.get(JobOptions.SERVED_ENABLED)) {
            missing.add(options.get(JobOptions.SERVED));
        }
        missing.removeAll(topics(options.kafkaProperties(), timeoutMs));
        if (!missing.isEmpty()) {
            throw new IOException(
                    "Kafka at %s has no topics %s; create them with ./dien topics create"
                                    .formatted(servers, missing)
                            + " --bootstrap-servers "
                            + servers);
        }
    }

    /**
     * The topics that Kafka has.
     *
     * @param properties of a client, {@code bootstrap.servers} among them
     * @throws IOException where no broker answers within {@code timeoutMs}
     */
    public static Set<String> topics(Properties properties, long timeoutMs)
            throws IOException, InterruptedException {
        String servers = properties.getProperty("bootstrap.servers");
        int timeout = (int) Math.min(timeoutMs, Integer.MAX_VALUE);
        Properties client = new Properties();
        client.putAll(properties);
        client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout);
        client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
        try (Admin admin = Admin.create(client)) {
            return admin.listTopics().names().get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            throw new IOException(
                    "Kafka at %s did not answer within %d ms (%s): is a broker running there, and"
                                    .formatted(servers, timeoutMs, cause.getClass().getSimpleName())
                            + " are kafka.bootstrap-servers and kafka.properties.* right?",
                    e);
        } catch (KafkaException e) {
            throw new IOException(
                    "kafka.bootstrap-servers = '" + servers + "' cannot be used: " + e.getMessage(),
                    e);
        }
    }
}
