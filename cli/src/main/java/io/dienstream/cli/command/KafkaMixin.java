package io.dienstream.cli.command;

import io.dienstream.cli.kafka.LogPlayer;
import io.dienstream.job.option.JobOptions;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Option;

/** What every command that talks to Kafka takes. */
final class KafkaMixin {
    @Option(
            names = "--bootstrap-servers",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Kafka brokers.")
    private String bootstrapServers;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description = "For the Kafka client; may be repeated.")
    private Map<String, String> properties = Map.of();

    Properties client() {
        Properties client = new Properties();
        client.putAll(properties);
        client.put("bootstrap.servers", bootstrapServers);
        client.putIfAbsent("default.api.timeout.ms", "20000");
        client.putIfAbsent("request.timeout.ms", "20000");
        return client;
    }

    LogPlayer player(int lingerMs) {
        Properties client = client();
        client.putIfAbsent("max.block.ms", "20000");
        return new LogPlayer(
                client,
                JobOptions.BEHAVIORS.defaultText(),
                JobOptions.REQUESTS.defaultText(),
                lingerMs);
    }
}
