package io.dienstream.sandbox;

import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.OptionException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien demo}: the main job on an embedded Kafka and Flink. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the main job in this process, between a real Kafka broker and Flink.",
            "Without files: simulated users for a bounded time, with a live view. With --behaviors"
                    + " and --requests: plays a log in event-time mode as fast as it goes.",
            "Every score is recomputed offline; exit code 1 if one differs by more than 1e-5."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final Duration LEARNING = Duration.ofMinutes(7);
    private static final int LARGEST_PORT = 65_535;

    @Spec private CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR", description = "Artifact; default: shipped one.")
    private Path model;

    @Option(names = "--behaviors", paramLabel = "FILE", description = "Behavior log (TSV, JSONL).")
    private Path behaviors;

    @Option(names = "--requests", paramLabel = "FILE", description = "Ad requests (JSONL).")
    private Path requests;

    @Option(names = "--expected", paramLabel = "FILE", description = "Answers to compare with.")
    private Path expected;

    @Option(names = "--output", paramLabel = "FILE", description = "Writes answers as JSON lines.")
    private Path output;

    @Option(names = "--parallelism", defaultValue = "2", description = "Default ${DEFAULT-VALUE}.")
    private int parallelism;

    @Option(names = "--seconds", defaultValue = "30", description = "Default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--users", defaultValue = "2000", description = "Default ${DEFAULT-VALUE}.")
    private int users;

    @Option(
            names = "--past",
            defaultValue = "60000",
            description = "Behaviors before the clock starts; default ${DEFAULT-VALUE}.")
    private int past;

    @Option(
            names = "--behaviors-per-second",
            defaultValue = "500",
            description = "Default ${DEFAULT-VALUE}.")
    private int behaviorsPerSecond;

    @Option(
            names = "--requests-per-second",
            defaultValue = "100",
            description = "Default ${DEFAULT-VALUE}.")
    private int requestsPerSecond;

    @Option(names = "--candidates", defaultValue = "8", description = "Default ${DEFAULT-VALUE}.")
    private int candidates;

    @Option(
            names = "--prometheus-port",
            defaultValue = "0",
            description = "Port where Prometheus can scrape the job's metrics; default: none.")
    private int prometheusPort;

    @Option(
            names = "--swap",
            arity = "0..1",
            paramLabel = "DIR",
            fallbackValue = "",
            description = {
                "Publishes a second model while the first answers, gives it a fifth of the users,",
                "then promotes it. Default: the shipped one, recalibrated. Simulated users only."
            })
    private String swap;

    @Option(
            names = "--keep",
            description = {
                "Goes on until it is stopped, with a console in the browser: click as one of the users",
                "and see the ranking change. Nothing is judged at the end. Simulated users only."
            })
    private boolean keep;

    @SuppressWarnings("unused") // read as one of the options that are given
    @Option(
            names = "--learn",
            description = {
                "The catalog changes, and the model learns: labels are joined, versions trained, judged",
                "and promoted, unattended. Ends with the online AUC beside that of the first model; 7",
                "minutes unless --seconds says otherwise. Exit code 1 where learning gained nothing."
            })
    private boolean learn;

    @Option(
            names = "--plot",
            paramLabel = "DIR",
            description = "Writes learning.png, the AUC over time, with --learn.")
    private Path plot;

    @Option(
            names = "--until-promotion",
            hidden = true,
            description = "With --learn: ends as soon as a version that learned is live.")
    private boolean untilPromotion;

    @Option(names = "--json", description = "Figures of --learn as JSON, in the last line.")
    private boolean json;

    @Option(
            names = "--console-port",
            defaultValue = "0",
            description = "Port of the console of --keep; default: a free one.")
    private int consolePort;

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description = {
                "An option of the job, docs/reference/options.md; may be repeated. For instance",
                "delivery.guarantee=exactly-once to see what it costs. Not with --learn."
            })
    private Map<String, String> options = Map.of();

    @Override
    public Integer call() throws Exception {
        if ((behaviors == null) != (requests == null)) {
            throw usage("--behaviors and --requests go together");
        }
        DemoMode mode = DemoMode.of(this::isGiven);
        for (OptionSpec option : spec.options()) {
            if (!option.usageHelp() && !option.versionHelp() && isGiven(option.longestName())) {
                mode.refusal(option.longestName())
                        .ifPresent(
                                reason -> {
                                    throw usage(reason);
                                });
            }
        }
        if (parallelism < 1 || seconds < 1 || users < 1 || candidates < 1) {
            throw usage("--seconds, --users, --candidates and --parallelism must be at least 1");
        }
        requireOptions();
        return switch (mode) {
            case REPLAY -> replay();
            case LEARNING -> learning();
            case SIMULATED, KEPT, KEPT_WITH_SWAP -> simulated();
        };
    }

    private boolean isGiven(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    /** Of the job, before anything is started for them. */
    private void requireOptions() {
        Map<String, String> values = new HashMap<>(options);
        values.putIfAbsent(JobOptions.BOOTSTRAP_SERVERS.key(), "localhost:9092");
        values.putIfAbsent(JobOptions.MODEL.key(), "model");
        try {
            JobOptions.of(values);
        } catch (OptionException e) {
            throw usage("--option: " + e.getMessage());
        }
    }

    private int replay() throws Exception {
        if (model == null) {
            throw usage("--behaviors needs --model: the shipped model knows only simulated items");
        }
        for (String key : options.keySet()) {
            if (ReplayDemo.DECIDED.contains(key)) {
                throw usage("--option " + key + " does not go with --behaviors, which decides it");
            }
        }
        var inputs = new ReplayDemo.Inputs(model, behaviors, requests, expected, output);
        PrintWriter err = spec.commandLine().getErr();
        var replay = new ReplayDemo(inputs, parallelism, options, out(), err);
        return replay.run() ? 0 : 1;
    }

    private int learning() throws Exception {
        if (plot != null) {
            OutputDirectory.make(plot);
        }
        return new LearningDemo(
                                model == null ? DemoModel.extract() : model,
                                seed,
                                isGiven("--seconds") ? Duration.ofSeconds(seconds) : LEARNING,
                                plot,
                                untilPromotion,
                                out())
                        .run(json)
                ? 0
                : 1;
    }

    private int simulated() throws Exception {
        requirePort("--prometheus-port", prometheusPort);
        requirePort("--console-port", consolePort);
        if (past < 0 || behaviorsPerSecond < 0 || requestsPerSecond < 0) {
            throw usage(
                    "--past, --behaviors-per-second and --requests-per-second must not be"
                            + " negative");
        }
        SimulatedDemo.Settings settings =
                new SimulatedDemo.Settings(
                        model == null ? DemoModel.extract() : model,
                        seed,
                        users,
                        past,
                        behaviorsPerSecond,
                        requestsPerSecond,
                        candidates,
                        Duration.ofSeconds(seconds),
                        parallelism,
                        options,
                        prometheusPort,
                        second());
        if (keep) {
            KeptDemo.runUntilInterrupted(settings, consolePort, out());
            return 0;
        }
        return new SimulatedDemo(settings, out()).run() ? 0 : 1;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private void requirePort(String option, int port) {
        if (port < 0 || port > LARGEST_PORT) {
            throw usage(option + " must be from 0 to " + LARGEST_PORT);
        }
    }

    private Path second() throws IOException {
        if (swap == null || !swap.isEmpty()) {
            return swap == null ? null : Path.of(swap);
        }
        if (model != null) {
            throw usage("--swap needs a directory beside --model");
        }
        return DemoModel.recalibrated();
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
