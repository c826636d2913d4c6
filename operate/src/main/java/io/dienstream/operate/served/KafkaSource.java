package io.dienstream.operate.served;

import io.dienstream.datasets.log.Spelling;
import io.dienstream.datasets.served.ServedSource;
import io.dienstream.datasets.served.ServedSourceProvider;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.kafka.ClientProperties;
import java.io.IOException;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * {@code kafka://HOST:PORT[,HOST:PORT][/EXAMPLES[/CORRECTIONS]]}: what was served from its topics,
 * by default those that a learning job writes to by default.
 */
public final class KafkaSource implements ServedSourceProvider {
    private static final String SCHEME = "kafka://";
    private static final String EXAMPLES = LearningOptions.EXAMPLES.defaultText();
    private static final String CORRECTIONS = LearningOptions.CORRECTIONS.defaultText();

    /** Brokers, examples, corrections. */
    private static final int MOST_PARTS = 3;

    private static final long TIMEOUT_MS = 20_000;

    @Override
    public boolean reads(String scheme) {
        return scheme.equals("kafka");
    }

    @Override
    public ServedSource open(Reading reading) throws IOException {
        String address = reading.address();
        String[] parts = address.substring(SCHEME.length()).split("/", -1);
        String servers = parts[0];
        if (servers.isEmpty() || parts.length > MOST_PARTS) {
            throw new IOException(
                    address
                            + (servers.isEmpty() ? ": names no broker" : ": has a part too many")
                            + "; kafka://HOST:PORT[/EXAMPLES[/CORRECTIONS]] does");
        }
        Properties client = ClientProperties.of(reading.config(), Map.of(), servers);
        Set<String> topics = topics(client);
        String examples = part(parts, 1, EXAMPLES);
        requireTopic(examples, topics, servers);
        String corrections = part(parts, 2, CORRECTIONS);
        boolean isNamed = part(parts, 2, "").equals(corrections);
        if (isNamed) {
            requireTopic(corrections, topics, servers);
        }
        return TopicExamples.open(
                client,
                examples,
                topics.contains(corrections) ? corrections : null,
                reading.mostBad(),
                reading.only());
    }

    private static String part(String[] parts, int n, String otherwise) {
        return parts.length > n && !parts[n].isEmpty() ? parts[n] : otherwise;
    }

    private static void requireTopic(String topic, Set<String> topics, String servers)
            throws IOException {
        if (!topics.contains(topic)) {
            throw new IOException(
                    "Kafka at %s has no topic '%s'%s"
                            .formatted(servers, topic, Spelling.hint(topic, topics)));
        }
    }

    private static Set<String> topics(Properties client) throws IOException {
        try {
            return KafkaCheck.topics(client, TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking Kafka for its topics", e);
        }
    }
}
