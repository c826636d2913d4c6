package io.dienstream.sandbox.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.sandbox.DemoModel;
import io.dienstream.sandbox.SimulatedDemo;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien soak}: whether the process grows while it serves. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the demo for hours and looks whether its process grows.",
            "Heap after a collection, metaspace, threads, open files and RocksDB's memory are"
                    + " sampled once the process has settled; each has a trend, and a drift that"
                    + " is noise.",
            "Exit code 1 where one grows by more, or an answer is missing, doubled or wrong."
        })
public final class SoakCommand implements Callable<Integer> {
    private static final int SAMPLES = 120;
    private static final int SETTLING_SHARE = 4;
    private static final Duration LEAST_PERIOD = Duration.ofSeconds(2);
    private static final Duration LEAST = Duration.ofSeconds(30);
    private static final double SECONDS_PER_HOUR = 3600;

    @Spec private CommandSpec spec;

    @Option(names = "--hours", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private double hours;

    @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private long seed;

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

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description = "An option of the job, docs/reference/options.md; may be repeated.")
    private Map<String, String> options = Map.of();

    @Option(names = "--json", description = "The figures as JSON, in the last line.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Duration duration = Duration.ofSeconds(Math.round(hours * SECONDS_PER_HOUR));
        if (!(hours > 0) || duration.compareTo(LEAST) < 0) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--hours must be at least " + LEAST.toSeconds() / SECONDS_PER_HOUR);
        }
        if (behaviorsPerSecond < 1 || requestsPerSecond < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--behaviors-per-second and --requests-per-second must be at least 1");
        }
        Duration settling = duration.dividedBy(SETTLING_SHARE);
        Duration period = duration.minus(settling).dividedBy(SAMPLES);
        Soak soak = new Soak(settling, period.compareTo(LEAST_PERIOD) < 0 ? LEAST_PERIOD : period);
        PrintWriter out = spec.commandLine().getOut();
        boolean right = new SimulatedDemo(settings(duration), out, soak).run();
        List<Growth> growth = soak.growth();
        Growth.table(growth).forEach(out::println);
        boolean steady = growth.stream().noneMatch(Growth::isLeak);
        if (json) {
            out.println(json(duration, growth, right && steady));
        }
        out.flush();
        return right && steady ? 0 : 1;
    }

    private SimulatedDemo.Settings settings(Duration duration) throws Exception {
        return SimulatedDemo.Settings.shipped(
                DemoModel.extract(),
                seed,
                behaviorsPerSecond,
                requestsPerSecond,
                duration,
                options);
    }

    private static String json(Duration duration, List<Growth> growth, boolean ok)
            throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("seconds", duration.toSeconds());
        ObjectNode measures = root.putObject("measures");
        for (Growth g : growth) {
            ObjectNode one = measures.putObject(g.measure().name().toLowerCase(Locale.ROOT));
            one.put("unit", g.measure().unit());
            one.put("first", g.first());
            one.put("last", g.last());
            one.put("per_hour", g.perHour());
            one.put("grown", g.grown());
            one.put("allowed", g.allowed());
            one.put("samples", g.samples());
            one.put("grows", g.isLeak());
        }
        root.put("ok", ok);
        return mapper.writeValueAsString(root);
    }
}
