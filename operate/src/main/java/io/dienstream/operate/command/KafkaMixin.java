package io.dienstream.operate.command;

import io.dienstream.datasets.log.Spelling;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.ClientProperties;
import io.dienstream.operate.kafka.LogPlayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import picocli.CommandLine.Option;

/** What every command that talks to Kafka takes. */
public final class KafkaMixin {
    private static final long TIMEOUT_MS = 20_000;

    /** What a command may be told to wait at the most: seconds of a year. */
    static final int LONGEST_WAIT = 365 * 24 * 3600;

    @Option(
            names = "--bootstrap-servers",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Kafka brokers.")
    private String bootstrapServers;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = {
                "Properties for the Kafka client: passwords belong here, other users of this",
                "machine see command lines."
            })
    private Path config;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description = "For the Kafka client, goes before the file; may be repeated.")
    private Map<String, String> properties = Map.of();

    /**
     * Properties for Kafka's clients, once a broker has answered.
     *
     * @throws IOException where none does within {@link #TIMEOUT_MS}
     */
    public Properties client() throws IOException, InterruptedException {
        return client(List.of());
    }

    /**
     * Likewise, where Kafka has {@code topic}: its clients would wait for one that is misspelt, or
     * make it.
     */
    Properties client(String topic) throws IOException, InterruptedException {
        return client(List.of(topic));
    }

    /** Properties for Kafka's clients, where Kafka has all topics of {@code needed}. */
    public Properties client(List<String> needed) throws IOException, InterruptedException {
        Properties client = ClientProperties.of(config, properties, bootstrapServers);
        Set<String> topics = KafkaCheck.topics(client, TIMEOUT_MS);
        for (String topic : needed) {
            if (!topics.contains(topic)) {
                throw new IOException(
                        "Kafka at %s has no topic '%s'%s"
                                .formatted(bootstrapServers, topic, Spelling.hint(topic, topics)));
            }
        }
        return client;
    }

    /** Writes to the topics of {@code needed}, which Kafka has. */
    LogPlayer player(int lingerMs, List<String> needed) throws IOException, InterruptedException {
        return new LogPlayer(
                client(needed),
                JobOptions.BEHAVIORS.defaultText(),
                JobOptions.REQUESTS.defaultText(),
                lingerMs);
    }
}
