package io.dienstream.operate.served;

import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.log.Spelling;
import io.dienstream.datasets.served.ServedSource;
import io.dienstream.datasets.served.ServedSourceProvider;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.operate.kafka.ClientProperties;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/** {@code kafka://HOST:PORT[,HOST:PORT][/TOPIC]}: what was served from its topics. */
public final class KafkaSource implements ServedSourceProvider {
    private static final String EXAMPLES = "training-examples";
    private static final String CORRECTIONS = "label-corrections";
    private static final long TIMEOUT_MS = 20_000;

    @Override
    public String scheme() {
        return "kafka";
    }

    @Override
    public ServedSource open(String address, Path config, long mostBad, List<Manifest.Source> only)
            throws IOException {
        String rest = address.substring((scheme() + "://").length());
        int slash = rest.indexOf('/');
        String servers = slash < 0 ? rest : rest.substring(0, slash);
        String topic =
                slash < 0 || slash == rest.length() - 1 ? EXAMPLES : rest.substring(slash + 1);
        if (servers.isEmpty()) {
            throw new IOException(address + ": names no broker; kafka://HOST:PORT[/TOPIC] does");
        }
        Properties client = ClientProperties.of(config, Map.of(), servers);
        Set<String> topics = topics(client);
        if (!topics.contains(topic)) {
            throw new IOException(
                    "Kafka at %s has no topic '%s'%s"
                            .formatted(servers, topic, Spelling.hint(topic, topics)));
        }
        return TopicExamples.open(
                client, topic, topics.contains(CORRECTIONS) ? CORRECTIONS : null, mostBad, only);
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
