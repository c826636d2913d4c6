package io.dienstream.bench.command;

import io.dienstream.bench.PaperModel;
import io.dienstream.bench.stream.JobSettings;
import io.dienstream.cli.Scratch;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.operate.kafka.ClientProperties;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the whole-system benchmarks take: Kafka, a model, options of the job. */
final class BenchKafkaMixin {
    private static final long TIMEOUT_MS = 20_000;
    private static final int LEAST_LENGTH = 100;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "A Kafka to use; default: a broker in this process.")
    private String bootstrapServers;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = {
                "Properties for the Kafka clients: passwords belong here, other users of this",
                "machine see command lines."
            })
    private Path config;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description = "For the Kafka clients, goes before the file; may be repeated.")
    private Map<String, String> properties = Map.of();

    @Option(
            names = "--model",
            description =
                    "An artifact with vocabularies; default: random weights in the paper's"
                            + " sizes, bilinear attention, 100 behaviors retained, or the longest"
                            + " --history.")
    private Path model;

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description = "Option of the job (docs/reference/options.md); may be repeated.")
    private Map<String, String> options = Map.of();

    @Option(
            names = "--flink",
            paramLabel = "KEY=VALUE",
            description = "Configuration of Flink, to try what it does; may be repeated.")
    private Map<String, String> flink = Map.of();

    /**
     * Client properties of the given Kafka, once it answered; null where none is given.
     *
     * @throws CommandLine.ParameterException where models are to change in it
     */
    Properties kafka() throws IOException, InterruptedException {
        if (bootstrapServers == null) {
            return null;
        }
        if (new JobSettings(model, options, flink).rollout()) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    "--option rollout.enabled and --bootstrap-servers exclude each other: commands on"
                            + " models have topics of fixed names, which may be those of jobs at work");
        }
        Properties client = ClientProperties.of(config, properties, bootstrapServers);
        KafkaCheck.topics(client, TIMEOUT_MS);
        return client;
    }

    /**
     * What the job is given; random weights are written where no artifact is.
     *
     * @param longest behaviors of a user that are asked for
     * @throws CommandLine.ParameterException where the given model retains fewer: figures of T
     *     behaviors would be of fewer
     */
    JobSettings settings(int longest) throws IOException {
        return new JobSettings(artifact(longest), options, flink);
    }

    private Path artifact(int longest) throws IOException {
        if (model == null) {
            Path own = Scratch.directory("bench").resolve("model");
            PaperModel.write(own, AttentionType.BILINEAR, Math.max(LEAST_LENGTH, longest));
            return own;
        }
        int retained = ModelReader.read(model).config().maxLength();
        if (longest > retained) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    "--history=%d: %s retains %d behaviors".formatted(longest, model, retained));
        }
        return model;
    }

    /** Whether there is an artifact, not random weights. */
    boolean isModelGiven() {
        return model != null;
    }

    /** As tables name it. */
    String modelName() {
        return model == null ? "random in the paper's sizes, bilinear" : model.toString();
    }
}
