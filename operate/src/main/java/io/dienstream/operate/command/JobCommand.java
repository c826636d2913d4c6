package io.dienstream.operate.command;

import io.dienstream.cli.Scratch;
import io.dienstream.cli.UserDirectory;
import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.job.AdScoringJob;
import io.dienstream.job.StartingState;
import io.dienstream.job.listen.Listeners;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.OptionException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code dien job}: the main job in this process, between given Kafka topics. */
@Command(
        name = "job",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the main job in this process against a given Kafka until it is stopped.",
            "Takes the job's own options, docs/reference/options.md: --kafka.bootstrap-servers=..."
                    + " --model.path=... [--options-file=FILE] [--key=value ...]"
        })
public final class JobCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description = {
                "Address of Flink's web UI. Default: the loopback address, which only this machine",
                "reaches. Whoever reaches it may read what the job does; nobody can change it there."
            })
    private String listen = Listeners.LOOPBACK;

    @Unmatched private List<String> options = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        JobOptions parsed = JobOptions.parse(options.toArray(new String[0]), System.getenv());
        Configuration flink = Listeners.on(address(), new Configuration());
        flink.set(CoreOptions.TMP_DIRS, Scratch.directory("flink").toString());
        String checkpoints = parsed.get(JobOptions.CHECKPOINT_DIRECTORY);
        if (checkpoints.isEmpty()) {
            checkpoints = ownDirectory(parsed).toUri().toString();
            flink.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
            flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints);
        }
        requireStart(parsed, checkpoints);
        announce(parsed, checkpoints, Listeners.webAddress(flink));
        String resume =
                "the state is in the newest checkpoint: go on from there with"
                        + " --job.start-from=latest beside the same options";
        try (Shutdown shutdown = Shutdown.of(resume, () -> {})) {
            AdScoringJob.run(parsed, flink);
        }
        return 0;
    }

    /** What runs here, and where to look. */
    private void announce(JobOptions parsed, String checkpoints, String web) {
        String start = parsed.get(JobOptions.START_FROM);
        PrintWriter err = spec.commandLine().getErr();
        err.printf("dien: model        %s%n", parsed.get(JobOptions.MODEL));
        err.printf("dien: Kafka        %s%n", parsed.get(JobOptions.BOOTSTRAP_SERVERS));
        err.printf(
                "dien: topics       %s, %s, %s to %s, %s, %s%n",
                parsed.get(JobOptions.BEHAVIORS),
                parsed.get(JobOptions.REQUESTS),
                parsed.get(JobOptions.CONTROL),
                parsed.get(JobOptions.SCORES),
                parsed.get(JobOptions.SERVED),
                parsed.get(JobOptions.DEAD_LETTERS));
        err.printf(
                "dien: state        %s, %s%n",
                parsed.get(JobOptions.BACKEND).toString().toLowerCase(Locale.ROOT),
                start.isEmpty() || start.equals(StartingState.NONE)
                        ? "begins empty"
                        : "goes on from " + start);
        err.printf("dien: checkpoints  %s%n", checkpoints);
        err.printf("dien: web UI       %s%n", web);
        err.printf("dien: log          %s%n", System.getProperty("dien.log.file"));
        err.println("dien: Ctrl-C stops it");
        err.flush();
    }

    /** Of this job alone: what tells jobs apart in Kafka tells them apart here. */
    private static Path ownDirectory(JobOptions parsed) throws IOException {
        String name = parsed.get(JobOptions.TRANSACTION_PREFIX).replaceAll("[^A-Za-z0-9._-]", "_");
        return UserDirectory.open().directory("jobs", name, "checkpoints");
    }

    /**
     * Kafka remembers how far this job has read, so a start without its state would be one without
     * the behaviors up to there: it has to be asked for.
     */
    private static void requireStart(JobOptions parsed, String checkpoints) throws IOException {
        if (!parsed.get(JobOptions.START_FROM).isEmpty()) {
            return;
        }
        Optional<String> newest = StartingState.newest(checkpoints);
        if (newest.isPresent()) {
            throw new OptionException(
                    ("this job has run before, its newest checkpoint is %s. Go on from there with"
                                    + " --job.start-from=latest, or begin without its state with"
                                    + " --job.start-from=none")
                            .formatted(newest.get()));
        }
    }

    private String address() {
        boolean further;
        try {
            further = Listeners.reachesFurther(listen);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--listen: " + e.getMessage(), e);
        }
        if (further) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "dien: warning: Flink listens on %s without authentication; whoever"
                                    + " reaches that address can read what the job does%n",
                            listen);
        }
        return listen;
    }
}
