package io.dienstream.operate.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.datasets.log.ModelFields;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.bootstrap.Bootstrap;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien bootstrap}: initial state of a job from a behavior log, as a savepoint. */
@Command(
        name = "bootstrap",
        mixinStandardHelpOptions = true,
        description = {
            "Builds users' histories from a behavior log as a savepoint.",
            "The job that starts from it holds what it would hold had it read the log in event-time",
            "order. The log is files (Avro container, Parquet, tab separated or JSON lines) or the",
            "behaviors topic up to its end. start-offsets.properties in the savepoint says where in",
            "the topic the job must go on: pass it as kafka.start-offsets."
        })
public final class BootstrapCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Artifact.")
    private Path model;

    @Option(
            names = "--savepoint",
            required = true,
            paramLabel = "DIR",
            description = "New directory for the savepoint.")
    private Path savepoint;

    @Option(
            names = "--behaviors",
            paramLabel = "FILE",
            description = "A behavior log; may be repeated. Default: the behaviors topic.")
    private List<Path> files = List.of();

    @Option(
            names = "--erasures",
            paramLabel = "FILE",
            description = {
                "Erasures beside --behaviors, lines of {\"user_id\": ..., \"timestamp\": ms}; may be",
                "repeated. With --bootstrap-servers those of the control topic count too."
            })
    private List<Path> erasures = List.of();

    @Option(names = "--json", description = "What was done as one line of JSON.")
    private boolean json;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = {
                "Kafka brokers with the behaviors topic. Beside --behaviors: only to find where the",
                "job must go on after the newest behavior of the files."
            })
    private String bootstrapServers;

    @Option(
            names = "--until",
            paramLabel = "FILE",
            description = {
                "Up to which offsets the topic is read, lines of TOPIC-PARTITION=OFFSET. Default: up",
                "to its end."
            })
    private Path until;

    @Option(
            names = "--options-file",
            paramLabel = "FILE",
            description = {
                "Options of that job as Java properties, kafka.properties.* with passwords among",
                "them: other users of this machine see command lines."
            })
    private Path optionsFile;

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description = {
                "An option of the job that will start from here, docs/reference/options.md: time.mode and",
                "state.ttl say when users expire, value.max-length what is refused; may be repeated,",
                "goes before the file."
            })
    private Map<String, String> options = Map.of();

    @Option(names = "--parallelism", defaultValue = "2", description = "${DEFAULT-VALUE}")
    private int parallelism;

    @Option(
            names = "--max-parallelism",
            defaultValue = "128",
            description = "The most that the job can ever be scaled to; ${DEFAULT-VALUE}.")
    private int maxParallelism;

    @Override
    public Integer call() throws Exception {
        if (files.isEmpty() && bootstrapServers == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--behaviors or --bootstrap-servers is needed");
        }
        if (until != null && !files.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--until is for a topic, not for --behaviors");
        }
        if (!erasures.isEmpty() && files.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--erasures is for --behaviors; a topic has its own");
        }
        if (parallelism < 1 || maxParallelism < parallelism) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--parallelism must be at least 1, --max-parallelism not below it");
        }
        ModelFields fields = new ModelFields(ModelReader.read(model).config());
        Map<String, String> values = new HashMap<>(options);
        values.put(JobOptions.MODEL.key(), model.toAbsolutePath().toString());
        values.put(
                JobOptions.BOOTSTRAP_SERVERS.key(),
                bootstrapServers == null ? "none:0" : bootstrapServers);
        Bootstrap bootstrap =
                new Bootstrap(
                        options(values), savepoint.toAbsolutePath(), parallelism, maxParallelism);
        Bootstrap.Result result =
                files.isEmpty()
                        ? bootstrap.topic(until)
                        : bootstrap.files(files, erasures, fields, bootstrapServers != null);
        print(result);
        return result.refused() == 0 ? 0 : 1;
    }

    private JobOptions options(Map<String, String> values) throws IOException {
        List<String> arguments = new ArrayList<>();
        values.forEach((key, value) -> arguments.add("--" + key + "=" + value));
        if (optionsFile != null) {
            arguments.add("--options-file=" + optionsFile);
        }
        return JobOptions.parse(arguments.toArray(new String[0]), Map.of());
    }

    private void print(Bootstrap.Result result) {
        PrintWriter out = spec.commandLine().getOut();
        long repeated = result.admitted() - result.applied() - result.erased();
        if (json) {
            ObjectNode line =
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("savepoint", savepoint.toString())
                            .put("behaviors", result.applied())
                            .put("users", result.users())
                            .put("repeated", repeated)
                            .put("erased", result.erased())
                            .put("refused", result.refused());
            if (result.startOffsets() != null) {
                line.put("start_offsets", result.startOffsets().toString());
            }
            out.println(line);
            return;
        }
        out.printf(
                "%,d behaviors of %,d users in %s; %,d repeated, %,d refused%s%n",
                result.applied(),
                result.users(),
                savepoint,
                repeated,
                result.refused(),
                result.erased() == 0 ? "" : ", %,d erased".formatted(result.erased()));
        if (result.startOffsets() != null) {
            out.printf("start the job with kafka.start-offsets=%s%n", result.startOffsets());
        }
    }
}
