package io.dienstream.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.UserDirectory;
import io.dienstream.datasets.format.Directories;
import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.job.option.TimeMode;
import io.dienstream.sandbox.DemoModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code dien chaos}: the job under faults, and everything that came out compared. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the job under faults and proves its answers.",
            "Real processes (broker, JobManager with high availability, two TaskManagers) under",
            "traffic and a seeded schedule of kill -9, pauses, broker restarts, a network partition,",
            "a full disk, a damaged checkpoint, rescaling, upgrades, and models that are published,",
            "ramped, promoted and rolled back. Then compares every answer, dead letter and state",
            "with the offline truth, by the version that an answer names. Exit code 1 where anything",
            "was lost, doubled or wrong. What the job promises is drawn from the seed unless it is",
            "given: delivery, mode of time, ttl, idleness, parallelism of scoring, whether models",
            "change. Partition and full disk need root; see docs/operate/reliability.md."
        })
public final class ChaosCommand implements Callable<Integer> {
    private static final int SECONDS = 60;
    private static final double DEFAULT_LOAD = 0.5;
    private static final Duration WARM_UP = Duration.ofSeconds(15);

    @Spec private CommandSpec spec;

    @CommandLine.Option(
            names = "--minutes",
            defaultValue = "10",
            description = {
                "Of faults; default ${DEFAULT-VALUE}. Those that every run begins with come in any",
                "case: a TaskManager, the JobManager and the broker killed, a rescaling."
            })
    private double minutes;

    @CommandLine.Option(
            names = "--seed",
            defaultValue = "1",
            description = "Default ${DEFAULT-VALUE}.")
    private long seed;

    @CommandLine.Option(
            names = "--load",
            paramLabel = "SHARE",
            description = "Of what this machine is measured to sustain; default 0.5.")
    private Double load;

    @CommandLine.Option(
            names = "--rate",
            description = "Behaviors and requests a second, instead of --load.")
    private Integer rate;

    @CommandLine.Option(
            names = "--gap",
            defaultValue = "0.5",
            description = "Least seconds from caught up to the next fault; ${DEFAULT-VALUE}.")
    private double gap;

    @CommandLine.Option(
            names = "--users",
            defaultValue = "2000",
            description = "Default ${DEFAULT-VALUE}.")
    private int users;

    @CommandLine.Option(
            names = "--faults",
            paramLabel = "FAULT",
            split = ",",
            converter = FaultName.class,
            description = {
                "Only these, each once in this order and then by chance; default all. Separated by",
                "commas: kill-taskmanager, kill-jobmanager, rescale, ... (docs/operate/reliability.md)."
            })
    private List<Fault> faults = List.of();

    @CommandLine.Option(
            names = "--delivery",
            converter = DeliveryName.class,
            description = "exactly-once or at-least-once; default drawn.")
    private Delivery delivery;

    @CommandLine.Option(
            names = "--time-mode",
            converter = TimeModeName.class,
            description = "event-time or latest; default drawn.")
    private TimeMode timeMode;

    @CommandLine.Option(
            names = "--ttl",
            converter = TtlName.class,
            description = "Users are forgotten after this; 0s: never; default drawn.")
    private Duration ttl;

    @CommandLine.Option(
            names = "--idle-after",
            converter = IdleName.class,
            description =
                    "Silent partitions hold no time back after this; 0s: never; default drawn.")
    private Duration idleAfter;

    @CommandLine.Option(
            names = "--scoring-parallelism",
            description = "Subtasks of the scoring operator; 0: chained; default drawn.")
    private Integer scoringParallelism;

    @CommandLine.Option(
            names = "--rollout",
            arity = "1",
            paramLabel = "true|false",
            description = {
                "Whether models change while the job runs; default drawn, or true where --faults has",
                "a command on models."
            })
    private Boolean rollout;

    @CommandLine.Option(
            names = "--learning",
            description = {
                "Runs the learning job too, in a JobManager and a TaskManager of its own that are killed",
                "as well, reports what was shown and clicked of each answer, and holds its labels against",
                "that. Two more processes. On by itself where --faults names a kill-learning-... fault."
            })
    private boolean learning;

    @CommandLine.Option(
            names = "--directory",
            paramLabel = "DIR",
            description = {
                "For logs and data of all processes, kept. Default: one of the user's own, kept",
                "where something was wrong."
            })
    private Path directory;

    @CommandLine.Option(
            names = "--flink",
            paramLabel = "KEY=VALUE",
            description = {
                "Flink's own configuration of the processes, before that of this command: those of a",
                "deployment, to see how it recovers; may be repeated."
            })
    private Map<String, String> flink = Map.of();

    @CommandLine.Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description =
                    "An option of the job, likewise, docs/reference/options.md; may be repeated.")
    private Map<String, String> options = Map.of();

    @CommandLine.Option(
            names = "--as-deployed",
            description = {
                "JVMs as an image starts them, with the optimizing compiler and vector kernels, instead",
                "of those that start fastest (an archive of classes, no optimizing compiler)."
            })
    private boolean asDeployed;

    @CommandLine.Option(names = "--json", description = "The report as JSON on standard output.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        check();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter progress = json ? spec.commandLine().getErr() : out;
        Path logs = directory == null ? ownDirectory() : directory;
        ChaosReport report = new ChaosRun(settings(logs), progress).run();
        if (directory == null && report.ok()) {
            Directories.delete(logs);
        }
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(report));
        } else {
            out.println();
            out.print(ReportText.of(report));
        }
        out.flush();
        return report.ok() ? 0 : 1;
    }

    private void check() {
        if (!(minutes >= 0) || !(gap >= 0) || users < 1) {
            throw usage("--users must be above 0, --minutes and --gap not below");
        }
        if (rate != null && load != null) {
            throw usage("--rate and --load exclude each other");
        }
        if (rate != null && rate < 1) {
            throw usage("--rate must be above 0");
        }
        if (load != null && !(load > 0 && load <= 1)) {
            throw usage("--load is a share above 0 and up to 1");
        }
        if (scoringParallelism != null && scoringParallelism < 0) {
            throw usage("--scoring-parallelism must not be below 0");
        }
        if (Boolean.FALSE.equals(rollout) && changesModels()) {
            throw usage("--faults has commands on models, and --rollout false has none of them");
        }
        for (String key : options.keySet()) {
            if (!Conditions.isFree(key)) {
                throw usage(
                        "--option "
                                + key
                                + " is not for this command: what answers are right depends on it, or"
                                + " there is no such option (docs/reference/options.md)");
            }
        }
    }

    private boolean changesModels() {
        return faults.stream().anyMatch(Fault::isCommand);
    }

    /** Whether models change; null where it is drawn. */
    Boolean rollout() {
        return (rollout == null && changesModels()) ? Boolean.TRUE : rollout;
    }

    /** Whether the learning job runs too. */
    boolean learning() {
        return learning || faults.stream().anyMatch(Fault::isLearning);
    }

    private ChaosRun.Settings settings(Path logs) throws Exception {
        Path absolute = logs.toAbsolutePath();
        var fixed =
                new Conditions.Fixed(
                        delivery, timeMode, ttl, idleAfter, scoringParallelism, rollout());
        double share = load == null ? DEFAULT_LOAD : load;
        return new ChaosRun.Settings(
                DemoModel.extract(),
                absolute,
                absolute.resolve("classes"),
                seed,
                Conditions.draw(seed, fixed),
                Duration.ofMillis((long) (minutes * SECONDS * 1000)),
                WARM_UP,
                users,
                rate == null ? Load.ofShare(share) : Load.ofRate(rate),
                Duration.ofMillis((long) (gap * 1000)),
                faults.stream().distinct().toList(),
                learning(),
                asDeployed,
                flink,
                options);
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    /** Of a fault by its label. */
    static final class FaultName implements ITypeConverter<Fault> {
        @Override
        public Fault convert(String label) {
            try {
                return Fault.of(label.trim());
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Values as the job's own options take them. */
    private abstract static class JobValue<T> implements ITypeConverter<T> {
        private final Option<T> option;

        JobValue(Option<T> option) {
            this.option = option;
        }

        @Override
        public T convert(String text) {
            try {
                return option.parser().apply(text.trim());
            } catch (RuntimeException e) {
                throw new TypeConversionException(
                        "'" + text + "' is not allowed: expected " + option.allowed());
            }
        }
    }

    /** See {@link JobOptions#DELIVERY}. */
    static final class DeliveryName extends JobValue<Delivery> {
        DeliveryName() {
            super(JobOptions.DELIVERY);
        }
    }

    /** See {@link JobOptions#TIME_MODE}. */
    static final class TimeModeName extends JobValue<TimeMode> {
        TimeModeName() {
            super(JobOptions.TIME_MODE);
        }
    }

    /** See {@link JobOptions#STATE_TTL}. */
    static final class TtlName extends JobValue<Duration> {
        TtlName() {
            super(JobOptions.STATE_TTL);
        }
    }

    /** See {@link JobOptions#IDLE_AFTER}. */
    static final class IdleName extends JobValue<Duration> {
        IdleName() {
            super(JobOptions.IDLE_AFTER);
        }
    }

    private static Path ownDirectory() throws IOException {
        String name = System.currentTimeMillis() + "-" + ProcessHandle.current().pid();
        return UserDirectory.open().directory("chaos").resolve(name); // the run makes it
    }
}
