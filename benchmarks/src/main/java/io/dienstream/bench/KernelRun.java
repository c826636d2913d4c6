package io.dienstream.bench;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs benchmarks several times over in turns, each time in a JVM of its own, so that what a noisy
 * machine does at one moment falls on all of them, and takes medians.
 */
public final class KernelRun {
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    /** JMH's threads have small stacks, and ONNX Runtime ends the process on them. */
    private static final String STACK = "-Xss16m";

    /** Until vector code is compiled, a request takes a thousand times as long. */
    private static final int WARMUPS = 8;

    private final int passes;
    private final TimeValue iteration;
    private final List<String> jvmArguments;

    /**
     * A benchmark's method with fixed parameters.
     *
     * @param method such as {@code RequestBenchmark.score}
     */
    public record Case(String method, Map<String, String> parameters) {}

    /**
     * What a case came to.
     *
     * @param micros a call, median over the passes
     * @param bytes allocated a call, the smallest of all iterations: until a loop is compiled it
     *     makes objects of its vectors, on a slow machine past the warm-up
     */
    public record Figure(Case of, double micros, double bytes) {}

    /**
     * @param passes how many times each case is run
     * @param iterationMs length of an iteration; a pass takes eight to warm up and three to measure
     * @param jvmArguments added to those of this process
     */
    public KernelRun(int passes, int iterationMs, List<String> jvmArguments) {
        this.passes = passes;
        this.iteration = TimeValue.milliseconds(iterationMs);
        this.jvmArguments = new ArrayList<>(jvmArguments);
        this.jvmArguments.add(STACK);
    }

    /** How many JVMs {@link #run} starts. */
    public int forks(List<Case> cases) {
        return passes * cases.size();
    }

    /**
     * Runs all cases.
     *
     * @param progress hears how many forks are done
     * @throws RunnerException where one fails, with all that it said
     */
    public List<Figure> run(List<Case> cases, IntConsumer progress) throws RunnerException {
        Map<Case, List<Double>> micros = new LinkedHashMap<>();
        Map<Case, Double> bytes = new LinkedHashMap<>();
        int done = 0;
        for (int pass = 0; pass < passes; pass++) {
            for (Case c : cases) {
                RunResult result = fork(c);
                micros.computeIfAbsent(c, k -> new ArrayList<>())
                        .add(result.getPrimaryResult().getScore());
                bytes.merge(c, allocated(result), Math::min);
                progress.accept(++done);
            }
        }
        return cases.stream().map(c -> new Figure(c, median(micros.get(c)), bytes.get(c))).toList();
    }

    private RunResult fork(Case c) throws RunnerException {
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include("\\." + c.method().replace(".", "\\.") + "$")
                        .forks(1)
                        .warmupIterations(WARMUPS)
                        .warmupTime(iteration)
                        .measurementIterations(3)
                        .measurementTime(iteration)
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(true)
                        .jvmArgsAppend(jvmArguments.toArray(String[]::new));
        c.parameters().forEach(options::param);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream log = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            OutputFormat format = OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL);
            Collection<RunResult> results = new Runner(options.build(), format).run();
            if (results.size() != 1) {
                throw new RunnerException(c + " names " + results.size() + " benchmarks");
            }
            return results.iterator().next();
        } catch (RunnerException e) {
            throw new RunnerException(c + ": " + said.toString(StandardCharsets.UTF_8), e);
        }
    }

    private static double allocated(RunResult result) {
        return result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .mapToDouble(i -> i.getSecondaryResults().get(ALLOCATION).getScore())
                .min()
                .orElseThrow();
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int n = sorted.size();
        return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }

    /** The core's peak, GFLOP/s, from a figure of {@link PeakBenchmark}. */
    public static double peak(Figure multiplyAdd) {
        return PeakBenchmark.operations() / multiplyAdd.micros() / 1e3;
    }
}
