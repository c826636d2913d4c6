package io.dienstream.bench.command;

import io.dienstream.dien.model.AttentionType;
import io.dienstream.train.fit.StepTiming;
import io.dienstream.train.fit.TorchEngine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code dien bench training}: a training step beside Python PyTorch's, and the process's memory.
 */
@Command(
        name = "training",
        mixinStandardHelpOptions = true,
        description = {
            "Times the training step of DIEN with auxiliary loss, in turns with the same step in",
            "Python PyTorch where --peer says how to run it; or, with --memory, takes many steps over",
            "histories of changing length and prints the resident size."
        })
public final class BenchTrainingCommand implements Callable<Integer> {
    /** 18 floats each are what an array of the JVM holds. */
    private static final int MOST_ITEMS = (Integer.MAX_VALUE - 8) / 18;

    private static final Path STATUS = Path.of("/proc/self/status");

    @Spec private CommandSpec spec;

    @Option(names = "--batch-size", defaultValue = "128", description = "${DEFAULT-VALUE}")
    private int batchSize;

    @Option(names = "--length", defaultValue = "100", description = "T; ${DEFAULT-VALUE}")
    private int length;

    @Option(
            names = "--items",
            split = ",",
            paramLabel = "N",
            description = {
                "Rows of the item embedding, by default 20000; several, with commas between them, take",
                "turns and are compared with the first."
            })
    private List<Integer> items = List.of(StepTiming.ITEMS);

    @Option(names = "--attention", defaultValue = "bilinear", description = "${DEFAULT-VALUE}")
    private AttentionType attention;

    @Option(names = "--threads", defaultValue = "2", description = "${DEFAULT-VALUE}")
    private int threads;

    @Option(names = "--rounds", defaultValue = "3", description = "Turns; ${DEFAULT-VALUE}")
    private int rounds;

    @Option(names = "--steps", defaultValue = "30", description = "In a turn; ${DEFAULT-VALUE}")
    private int steps;

    @Option(names = "--warmup", defaultValue = "30", description = "Before each; ${DEFAULT-VALUE}")
    private int warmup;

    @Option(
            names = "--peer",
            paramLabel = "COMMAND",
            description = "For example 'python3 trainer/src/peer/training_step.py'.")
    private String peer;

    @Option(
            names = "--memory",
            paramLabel = "STEPS",
            description = "Prints the resident size during so many steps instead.")
    private int memory;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (length < 2 || batchSize < 2 || rounds < 1 || steps < 1 || warmup < 0) {
            throw wrong("batch size and length at least 2, the rest at least 1");
        }
        if (threads < 0 || memory < 0) {
            throw wrong("--threads and --memory must not be negative");
        }
        if (items.stream().anyMatch(n -> n < 2)) {
            throw wrong("--items: a table has at least 2 rows");
        }
        if (items.stream().anyMatch(n -> n > MOST_ITEMS)) {
            throw wrong("--items: a table of this benchmark has at most " + MOST_ITEMS + " rows");
        }
        if (memory > 0 && items.size() > 1) {
            throw wrong("--memory takes one size: --items has " + items.size());
        }
        List<StepTiming> timings = new ArrayList<>();
        try {
            for (int rows : items) {
                timings.add(
                        new StepTiming(
                                batchSize, length, rows, attention, TorchEngine.start(threads)));
            }
            if (memory > 0) {
                return grow(timings.get(0), out);
            }
            measure(timings, out);
        } finally {
            timings.forEach(StepTiming::close);
        }
        return 0;
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    private void measure(List<StepTiming> timings, PrintWriter out) throws Exception {
        List<List<Double>> ours = new ArrayList<>();
        timings.forEach(t -> ours.add(new ArrayList<>()));
        List<Double> theirs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (int t = 0; t < timings.size(); t++) {
                turn(timings.get(t), ours.get(t));
            }
            if (peer != null) {
                theirs.addAll(runPeer());
            }
        }
        double first = median(ours.get(0));
        for (int t = 0; t < timings.size(); t++) {
            out.printf(
                    Locale.ROOT,
                    "B %d, T %d, %s attention, %,d items, %d threads: %.1f ms a step (median of %d)",
                    batchSize,
                    length,
                    attention.name().toLowerCase(Locale.ROOT),
                    timings.get(t).items(),
                    threads,
                    median(ours.get(t)),
                    ours.get(t).size());
            out.println(t == 0 ? "" : ratio(first, median(ours.get(t))));
        }
        if (peer != null) {
            out.printf(
                    Locale.ROOT,
                    "peer: %.1f ms a step (median of %d); ours / peer = %.2f%n",
                    median(theirs),
                    theirs.size(),
                    first / median(theirs));
        }
    }

    private static String ratio(double first, double other) {
        return String.format(Locale.ROOT, ", %.2f times the first", other / first);
    }

    private void turn(StepTiming timing, List<Double> times) throws IOException {
        for (int i = 0; i < warmup; i++) {
            timing.run(length);
        }
        for (int i = 0; i < steps; i++) {
            times.add(timing.run(length));
        }
    }

    private List<Double> runPeer() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(peer.trim().split("\\s+")));
        Collections.addAll(
                command,
                Integer.toString(batchSize),
                Integer.toString(length),
                attention.name().toLowerCase(Locale.ROOT),
                Integer.toString(threads),
                Integer.toString(warmup),
                Integer.toString(steps));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("the peer failed: " + String.join(" ", command));
        }
        List<Double> times = new ArrayList<>();
        for (String time : text.trim().split("\\s+")) {
            times.add(Double.parseDouble(time));
        }
        return times;
    }

    private int grow(StepTiming timing, PrintWriter out) throws IOException {
        if (!Files.isReadable(STATUS)) {
            throw new IOException(
                    "the resident size is read from " + STATUS + ", which only Linux has");
        }
        int every = Math.max(1, memory / 40);
        for (int i = 1; i <= memory; i++) {
            timing.run(timing.randomLength());
            if (i % every == 0 || i == 500) {
                out.printf(Locale.ROOT, "step %,7d  resident %,6d MiB%n", i, residentMiB());
                out.flush();
            }
        }
        return 0;
    }

    private static long residentMiB() throws IOException {
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        throw new IOException(STATUS + " has no VmRSS");
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int n = sorted.size();
        return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }
}
