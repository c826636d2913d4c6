package io.dienstream.operate.command;

import io.dienstream.cli.Scratch;
import io.dienstream.cli.UserDirectory;
import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.job.StartingState;
import io.dienstream.job.listen.Listeners;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.option.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A job in this process: where Flink listens, and where its checkpoints are.
 *
 * @param settings of the job
 * @param flink more of Flink's configuration
 * @param checkpoints URI of their directory
 */
record LocalJob(Settings settings, Configuration flink, String checkpoints) {
    /** Runs a job until it ends. */
    @FunctionalInterface
    interface Main {
        void run(Configuration flink) throws Exception;
    }

    /**
     * @param listen address of Flink's web UI
     * @throws OptionException where the job has run before, and nobody says whether it goes on
     */
    static LocalJob of(CommandSpec spec, String listen, Settings settings) throws IOException {
        Configuration flink = Listeners.on(address(spec, listen), new Configuration());
        flink.set(CoreOptions.TMP_DIRS, Scratch.directory("flink").toString());
        String checkpoints = settings.get(JobOptions.CHECKPOINT_DIRECTORY);
        if (checkpoints.isEmpty()) {
            checkpoints = ownDirectory(settings).toUri().toString();
            flink.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
            flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints);
        }
        requireStart(settings, checkpoints);
        return new LocalJob(settings, flink, checkpoints);
    }

    /** Where the state comes from and goes to, and where to look. */
    void announce(PrintWriter err) {
        String start = settings.get(JobOptions.START_FROM);
        err.printf(
                "dien: state        %s, %s%n",
                settings.get(JobOptions.BACKEND).toString().toLowerCase(Locale.ROOT),
                start.isEmpty() || start.equals(StartingState.NONE)
                        ? "begins empty"
                        : "goes on from " + start);
        err.printf("dien: checkpoints  %s%n", checkpoints);
        err.printf("dien: web UI       %s%n", Listeners.webAddress(flink));
        err.printf("dien: log          %s%n", System.getProperty("dien.log.file"));
        err.println("dien: Ctrl-C stops it");
    }

    /** Runs the job; who interrupts it is told how to go on. */
    void run(Main main) throws Exception {
        String resume =
                "the state is in the newest checkpoint: go on from there with"
                        + " --job.start-from=latest beside the same options";
        try (Shutdown shutdown = Shutdown.of(resume, () -> {})) {
            main.run(flink);
        }
    }

    /** Of this job alone: what tells jobs apart in Kafka tells them apart here. */
    private static Path ownDirectory(Settings parsed) throws IOException {
        String name = parsed.get(JobOptions.TRANSACTION_PREFIX).replaceAll("[^A-Za-z0-9._-]", "_");
        return UserDirectory.open().directory("jobs", name, "checkpoints");
    }

    /**
     * Kafka remembers how far this job has read, so a start without its state would be one without
     * what it has read up to there: it has to be asked for.
     */
    private static void requireStart(Settings parsed, String checkpoints) throws IOException {
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

    private static String address(CommandSpec spec, String listen) {
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
