package io.dienstream.operate.command;

import io.dienstream.operate.kafka.Topics;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien topics}: the job's topics. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        description = "Manages the job's topics.",
        subcommands = TopicsCommand.Create.class)
public final class TopicsCommand {
    /** {@code dien topics create}. */
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Creates the job's topics where they do not exist.")
    static final class Create implements Callable<Integer> {
        @Spec private CommandSpec spec;
        @Mixin private KafkaMixin kafka;

        @Option(names = "--partitions", defaultValue = "4", description = "${DEFAULT-VALUE}")
        private int partitions;

        @Option(names = "--replication", defaultValue = "1", description = "${DEFAULT-VALUE}")
        private short replication;

        @Option(
                names = "--topic-config",
                paramLabel = "KEY=VALUE",
                description = "For instance retention.ms=604800000; may be repeated.")
        private Map<String, String> config = Map.of();

        @Override
        public Integer call() throws Exception {
            if (partitions < 1 || replication < 1) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "--partitions and --replication must be at least 1");
            }
            List<String> names = Topics.names();
            try {
                List<String> created =
                        Topics.create(kafka.client(), names, partitions, replication, config);
                spec.commandLine().getOut().println("created " + created + " of " + names);
                return 0;
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException(
                        "topics were not created: " + (e.getCause() == null ? e : e.getCause()), e);
            }
        }
    }
}
