package io.dienstream.bench.command;

import io.dienstream.bench.KernelCases;
import io.dienstream.bench.KernelRun;
import io.dienstream.bench.KernelTable;
import io.dienstream.cli.Scratch;
import io.dienstream.cli.terminal.Bars;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien bench kernels}: what a candidate costs, beside the core's peak and ONNX Runtime. */
@Command(
        name = "kernels",
        mixinStandardHelpOptions = true,
        description = {
            "Times whole requests, a behavior's step and the core's multiply-add peak on one thread,",
            "in turns; with --peer also ONNX Runtime on the graph of the same artifact, after its",
            "answers were seen to be the same. Random weights in the paper's sizes unless --peer."
        })
public final class BenchKernelsCommand implements Callable<Integer> {
    private static final List<String> KERNELS = List.of("auto", "vector", "scalar");

    @Spec private CommandSpec spec;

    @Option(
            names = "--peer",
            paramLabel = "MODEL=GRAPH",
            description = "An artifact and its ONNX graph; may be given several times.")
    private Map<Path, Path> peers = new LinkedHashMap<>();

    @Option(
            names = "--steps",
            split = ",",
            defaultValue = "100",
            description = "T; ${DEFAULT-VALUE}")
    private List<Integer> steps;

    @Option(
            names = "--candidates",
            split = ",",
            defaultValue = "1,20,100,500",
            description = "N; ${DEFAULT-VALUE}")
    private List<Integer> candidates;

    @Option(
            names = "--tail",
            split = ",",
            defaultValue = "0",
            description = "scoring.attention-tail; ${DEFAULT-VALUE}")
    private List<Double> tails;

    @Option(names = "--passes", defaultValue = "3", description = "Turns; ${DEFAULT-VALUE}")
    private int passes;

    @Option(
            names = "--iteration-ms",
            defaultValue = "400",
            description = "Length of one of a pass's eleven iterations; ${DEFAULT-VALUE}")
    private int iterationMs;

    @Option(
            names = "--kernels",
            defaultValue = "auto",
            description = "auto, vector or scalar. Default: ${DEFAULT-VALUE}.")
    private String kernels;

    @Option(names = "--details", description = "Also the parts of a request, and the codecs.")
    private boolean details;

    @Option(names = "--json", description = "Prints JSON instead of the table.")
    private boolean json;

    @Option(
            names = "--output",
            description = "A directory for kernels.json, kernels.md and a plot.")
    private Path output;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        check();
        FigureFiles files = new FigureFiles(output);
        List<KernelRun.Case> cases =
                new KernelCases(peers, steps, candidates, tails).cases(details);
        List<String> jvm =
                List.of(
                        "-Ddien.kernels=" + kernels,
                        "-Djava.io.tmpdir=" + Scratch.directory("forks"));
        KernelRun run = new KernelRun(passes, iterationMs, jvm);
        List<KernelRun.Figure> figures;
        try (ProgressBar bar = Bars.start("benchmarks", run.forks(cases))) {
            figures = run.run(cases, bar::stepTo);
        }
        KernelTable table = KernelTable.of(figures);
        files.report(
                out, json, "kernels", table, table.markdown(), Map.of("kernels", table.plot()));
        return 0;
    }

    private void check() {
        if (passes < 1 || iterationMs < 1) {
            throw usage("passes and iteration at least 1");
        }
        if (steps.stream().anyMatch(t -> t < 0) || candidates.stream().anyMatch(n -> n < 1)) {
            throw usage("--steps must not be negative, --candidates start at 1");
        }
        if (tails.stream().anyMatch(tail -> !(tail >= 0 && tail < 1))) {
            throw usage("--tail must be at least 0 and less than 1");
        }
        if (!KERNELS.contains(kernels)) {
            throw usage("--kernels: no '%s'; there are %s".formatted(kernels, KERNELS));
        }
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
