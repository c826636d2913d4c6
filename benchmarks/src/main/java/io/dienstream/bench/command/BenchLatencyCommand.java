package io.dienstream.bench.command;

import io.dienstream.bench.stream.LatencyBenchmark;
import io.dienstream.bench.stream.LatencyTable;
import io.dienstream.bench.stream.StreamCase;
import io.dienstream.cli.terminal.Bars;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien bench latency}: how long a request waits for its scores, by load. */
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Finds the rate that saturates generator, broker and job together, then sends requests by",
            "the clock at shares of it and times each from when it was due to its answer."
        })
public final class BenchLatencyCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private BenchKafkaMixin kafka;

    @Option(
            names = "--shares",
            split = ",",
            defaultValue = "0.25,0.5,0.75",
            description = "Of the saturation; ${DEFAULT-VALUE}")
    private List<Double> shares;

    @Mixin private BenchCaseMixin requests;

    @Option(
            names = "--behaviors-per-request",
            defaultValue = "1",
            description = "Sent with each request; ${DEFAULT-VALUE}")
    private int behaviorsPerRequest;

    @Option(
            names = "--seconds",
            defaultValue = "20",
            description = "At each rate; ${DEFAULT-VALUE}")
    private double seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "20",
            description =
                    "Seconds at each rate before that, twice as long before the saturation; the"
                            + " compiler takes cores for a minute and more. ${DEFAULT-VALUE}")
    private double warmUp;

    @Option(names = "--json", description = "Prints JSON instead of the table.")
    private boolean json;

    @Option(names = "--output", description = "A directory for latency.json, latency.md and plots.")
    private Path output;

    @Override
    public Integer call() throws Exception {
        check();
        PrintWriter out = spec.commandLine().getOut();
        StreamCase of = requests.requests();
        FigureFiles files = new FigureFiles(output);
        LatencyBenchmark.Plan plan =
                new LatencyBenchmark.Plan(of, behaviorsPerRequest, shares, seconds, warmUp);
        LatencyTable table;
        try (ProgressBar bar = Bars.start("rates", 1L + shares.size())) {
            table =
                    new LatencyBenchmark(kafka.kafka(), kafka.settings(requests.history()))
                            .run(plan, kafka.modelName(), bar::step);
        }
        files.report(
                out,
                json,
                "latency",
                table,
                table.markdown(),
                Map.of("latency", table.plot(), "latency-by-time", table.course()));
        return 0;
    }

    private void check() {
        boolean isShare = shares.stream().allMatch(s -> s > 0 && s <= 1);
        if (!(seconds > 0) || !(warmUp >= 0) || !isShare) {
            throw usage(
                    "seconds must be above 0, the warm-up at least 0, shares above 0 and at most 1");
        }
        if (behaviorsPerRequest < 0) {
            throw usage("--behaviors-per-request must not be negative");
        }
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
