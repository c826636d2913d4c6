package io.dienstream.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.UserDirectory;
import io.dienstream.datasets.format.Directories;
import io.dienstream.sandbox.DemoModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien chaos}: the job under faults, and everything that came out compared. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the job under faults and proves its answers.",
            "Real processes (broker, JobManager with high availability, two TaskManagers) under",
            "traffic and a seeded schedule of kill -9, pauses, broker restarts, a network partition,",
            "a full disk, a damaged checkpoint. Then compares every",
            "answer, dead letter and state with the offline truth. Exit code 1 where anything was",
            "lost, doubled or wrong. Partition and full disk need root; see docs/operate/reliability.md."
        })
public final class ChaosCommand implements Callable<Integer> {
    private static final int SECONDS = 60;

    @Spec private CommandSpec spec;

    @Option(names = "--minutes", defaultValue = "10", description = "Default ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--rate",
            defaultValue = "2000",
            description = "Behaviors and requests a second; default ${DEFAULT-VALUE}.")
    private int rate;

    @Option(
            names = "--gap",
            defaultValue = "0.5",
            description = "Least seconds from caught up to the next fault; ${DEFAULT-VALUE}.")
    private double gap;

    @Option(names = "--users", defaultValue = "2000", description = "Default ${DEFAULT-VALUE}.")
    private int users;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = {
                "For logs and data of all processes, kept. Default: one of the user's own, kept",
                "where something was wrong."
            })
    private Path directory;

    @Option(
            names = "--flink",
            paramLabel = "KEY=VALUE",
            description = {
                "Flink's own configuration of the processes, before that of this command: those of a",
                "deployment, to see how it recovers; may be repeated."
            })
    private Map<String, String> flink = Map.of();

    @Option(names = "--json", description = "The report as JSON on standard output.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (!(minutes > 0) || !(gap >= 0) || rate < 1 || users < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--minutes, --rate and --users must be above 0, --gap not below");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter progress = json ? spec.commandLine().getErr() : out;
        Path logs = directory == null ? ownDirectory() : directory;
        var settings =
                new ChaosRun.Settings(
                        DemoModel.extract(),
                        logs.toAbsolutePath(),
                        seed,
                        Duration.ofMillis((long) (minutes * SECONDS * 1000)),
                        users,
                        rate,
                        Duration.ofMillis((long) (gap * 1000)),
                        flink);
        var report = new ChaosRun(settings, progress).run();
        if (directory == null && report.ok()) {
            Directories.delete(logs);
        }
        out.println(
                json
                        ? new ObjectMapper().writeValueAsString(report)
                        : new ObjectMapper()
                                .writerWithDefaultPrettyPrinter()
                                .writeValueAsString(report));
        return report.ok() ? 0 : 1;
    }

    private static Path ownDirectory() throws IOException {
        String name = System.currentTimeMillis() + "-" + ProcessHandle.current().pid();
        return UserDirectory.open().directory("chaos", name);
    }
}
