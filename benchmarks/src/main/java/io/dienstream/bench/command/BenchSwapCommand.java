package io.dienstream.bench.command;

import io.dienstream.bench.stream.StreamCase;
import io.dienstream.bench.stream.SwapBenchmark;
import io.dienstream.bench.stream.SwapTable;
import io.dienstream.cli.terminal.Bars;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien bench swap}: what a change of models costs a job under load. */
@Command(
        name = "swap",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Swaps a large model under load and times every request around it, recomputes every",
            "answer by the version that it names, compares requests of a candidate with those of the",
            "live version, then swaps smaller models again and again and looks at memory. A broker",
            "and the job run in this process."
        })
public final class BenchSwapCommand implements Callable<Integer> {
    /** Seconds; between two looks at the memory. */
    private static final double WINDOW = 10;

    @Spec private CommandSpec spec;

    @Option(
            names = "--megabytes",
            defaultValue = "100",
            description = "Of the model that is swapped once; ${DEFAULT-VALUE}")
    private int megabytes;

    @Option(
            names = "--share",
            defaultValue = "0.5",
            description = "Of the saturation that is sent meanwhile; ${DEFAULT-VALUE}")
    private double share;

    @Option(
            names = "--swaps",
            defaultValue = "100",
            description = "Of smaller models, one after another; 0: none. ${DEFAULT-VALUE}")
    private int swaps;

    @Option(
            names = "--smaller",
            paramLabel = "MEGABYTES",
            defaultValue = "20",
            description =
                    "Of those; weights above 16 MiB are mapped, others on the heap. ${DEFAULT-VALUE}")
    private int smaller;

    @Mixin private BenchCaseMixin requests;

    @Option(
            names = "--seconds",
            defaultValue = "20",
            description = "Before the swap, and after it; ${DEFAULT-VALUE}")
    private double seconds;

    @Option(
            names = "--swap-seconds",
            defaultValue = "120",
            description =
                    "The load goes on until the swap is over, for as long at most; ${DEFAULT-VALUE}")
    private double swapSeconds;

    @Option(
            names = "--warm-up",
            defaultValue = "30",
            description = "Seconds before each measurement; ${DEFAULT-VALUE}")
    private double warmUp;

    @Option(
            names = "--option",
            paramLabel = "KEY=VALUE",
            description = "Option of the job (docs/reference/options.md); may be repeated.")
    private Map<String, String> options = Map.of();

    @Option(names = "--json", description = "Prints JSON instead of the tables.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        check();
        StreamCase of = requests.requests();
        SwapBenchmark.Plan plan =
                new SwapBenchmark.Plan(
                        of, megabytes, smaller, share, seconds, swapSeconds, warmUp, swaps, WINDOW);
        SwapTable table;
        try (ProgressBar bar = Bars.start("parts", plan.steps())) {
            table = new SwapBenchmark(options).run(plan, bar::step);
        }
        PrintWriter out = spec.commandLine().getOut();
        FigureFiles.print(out, json, table, table.markdown());
        // speed is for people to judge; an answer that is lost or wrong fails the command
        return table.isRight() ? 0 : 1;
    }

    private void check() {
        if (!(swapSeconds > 0)) {
            throw usage("--swap-seconds must be above 0");
        }
        if (!(seconds > 0) || !(warmUp >= 0) || !(share > 0) || !(share <= 1)) {
            throw usage("--seconds must be above 0, --warm-up not below, --share above 0 up to 1");
        }
        if (megabytes < 1 || smaller < 1 || swaps < 0 || megabytes > 2_000 || smaller > 2_000) {
            throw usage("--megabytes and --smaller go from 1 to 2000, --swaps from 0");
        }
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
