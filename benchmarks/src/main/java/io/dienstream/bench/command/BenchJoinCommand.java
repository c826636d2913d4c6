package io.dienstream.bench.command;

import io.dienstream.bench.join.JoinBenchmark;
import io.dienstream.bench.join.JoinPlan;
import io.dienstream.bench.join.JoinTable;
import io.dienstream.cli.terminal.Bars;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien bench join}: what the label join takes and keeps. */
@Command(
        name = "join",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Feeds the learning job from memory, without Kafka, until W of event time is full of open",
            "impressions, and takes a checkpoint: bytes of an open impression. Then lets labels become",
            "final as fast as impressions come: impressions a second. At the end every impression must be",
            "in an example, wait, or be refused, else the exit code is 1."
        })
public final class BenchJoinCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--behaviors",
            split = ",",
            defaultValue = "10,50,100",
            description = "Of a request as it was served, a run for each; ${DEFAULT-VALUE}")
    private List<Integer> behaviors;

    @Option(
            names = "--candidates",
            defaultValue = "20",
            description = "Of a request; ${DEFAULT-VALUE}")
    private int candidates;

    @Option(names = "--shown", defaultValue = "3", description = "Of these; ${DEFAULT-VALUE}")
    private int shown;

    @Option(
            names = "--rate",
            defaultValue = "200",
            description = {
                "Impressions a second of event time; times W, so many are open. Default:",
                "${DEFAULT-VALUE}."
            })
    private double rate;

    @Option(
            names = "--click-rate",
            defaultValue = "0.05",
            description = "Clicks an impression; ${DEFAULT-VALUE}")
    private double clickRate;

    @Option(
            names = "--late-share",
            defaultValue = "0.02",
            description = "Of the clicks, that come after W; ${DEFAULT-VALUE}")
    private double lateShare;

    @Option(names = "--parallelism", defaultValue = "2", description = "${DEFAULT-VALUE}")
    private int parallelism;

    @Option(
            names = "--seconds",
            defaultValue = "30",
            description = "For which the clock runs when labels become final; ${DEFAULT-VALUE}")
    private double seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            description = "Seconds before that; ${DEFAULT-VALUE}")
    private double warmUp;

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description =
                    "Option of the learning job (docs/reference/options.md); may be repeated.")
    private Map<String, String> options = Map.of();

    @Option(names = "--json", description = "Prints JSON instead of the table.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        check();
        List<JoinPlan> plans = behaviors.stream().map(this::plan).toList();
        JoinTable table;
        try (ProgressBar bar = Bars.start("runs", plans.size())) {
            table = new JoinBenchmark(options).run(plans, bar::step);
        }
        PrintWriter out = spec.commandLine().getOut();
        FigureFiles.print(out, json, table, table.markdown());
        return table.isRight() ? 0 : 1;
    }

    private JoinPlan plan(int behaviorsEach) {
        return new JoinPlan(
                behaviorsEach,
                candidates,
                shown,
                rate,
                clickRate,
                lateShare,
                parallelism,
                seconds,
                warmUp);
    }

    private void check() {
        if (behaviors.stream().anyMatch(n -> n < 0) || candidates < 1 || candidates > 1_000) {
            throw usage("--behaviors start at 0, --candidates go from 1 to 1000");
        }
        if (shown < 1 || shown > candidates || parallelism < 1) {
            throw usage("--shown goes from 1 to --candidates, --parallelism starts at 1");
        }
        if (!(rate >= 10) || !(clickRate <= 1) || !(rate * clickRate >= 1)) {
            throw usage(
                    "--rate starts at 10, --click-rate goes up to 1, their product starts at 1");
        }
        if (!(lateShare >= 0) || !(lateShare <= 1) || !(seconds > 0) || !(warmUp >= 0)) {
            throw usage("--late-share goes from 0 to 1, --seconds above 0, --warm-up not below");
        }
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
