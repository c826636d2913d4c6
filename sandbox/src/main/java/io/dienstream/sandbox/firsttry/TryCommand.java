package io.dienstream.sandbox.firsttry;

import io.dienstream.cli.Dien;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dien try}: what this does to a click log of one's own. */
@Command(
        name = "try",
        mixinStandardHelpOptions = true,
        description = {
            "From a click log of yours to a model that answers in the stream, in one go.",
            "Prepares a data set, trains DIEN, measures it on users it has not seen, plays the log"
                    + " through the job with their requests, recomputing every score, and draws"
                    + " what the model looked at. Each step is a command, which is shown."
        })
public final class TryCommand implements Callable<Integer> {
    private static final int MOST_REQUESTS = 2_000;

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            description = {
                "Clicks: user TAB item TAB category TAB unix seconds, or JSON lines as dien simulate",
                "writes them; gzipped or not."
            })
    private Path log;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "New directory for all of it; default: the log's name with .try.")
    private Path output;

    @Option(
            names = "--epochs",
            defaultValue = "1",
            description = "Passes over the data; default ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--titles",
            paramLabel = "FILE",
            description = "What items are called: lines of item TAB title.")
    private Path titles;

    private final List<List<String>> steps = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        if (epochs < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--epochs must be at least 1");
        }
        Path directory = output == null ? log.resolveSibling(log.getFileName() + ".try") : output;
        if (Files.exists(directory)) {
            throw new FileAlreadyExistsException(
                    directory.toString(), null, "is there already: name another by --output");
        }
        Path data = directory.resolve("data");
        Path model = directory.resolve("model");
        Path requests = directory.resolve("requests.jsonl");
        plan(directory, data, model, requests);
        PrintWriter out = spec.commandLine().getOut();
        for (int n = 0; n < steps.size(); n++) {
            List<String> step = steps.get(n);
            if (step.contains(requests.toString())) {
                int asked =
                        SplitRequests.write(
                                Dataset.open(data), Split.TEST, MOST_REQUESTS, requests);
                out.printf("%n%,d requests of test users are in %s%n", asked, requests);
            }
            out.printf("%n== %d of %d  dien %s%n", n + 1, steps.size(), String.join(" ", step));
            out.flush();
            int exitCode = run(step);
            if (exitCode != 0) {
                spec.commandLine()
                        .getErr()
                        .printf(
                                "dien try: step %d of %d ended with %d; what came before it is in"
                                        + " %s%n",
                                n + 1, steps.size(), exitCode, directory);
                return exitCode;
            }
        }
        end(directory, model, requests, out);
        return 0;
    }

    private void plan(Path directory, Path data, Path model, Path requests) {
        step("prepare", "interactions", "--input", log, "--output", data, "--seed", seed);
        if (titles != null) {
            steps.get(0).addAll(List.of("--titles", titles.toString()));
        }
        step("train", "--data", data, "--output", model, "--epochs", epochs, "--seed", seed);
        step("evaluate", "--model", model, "--data", data);
        step(
                "demo",
                "--model",
                model,
                "--behaviors",
                log,
                "--requests",
                requests,
                "--output",
                directory.resolve("answers.jsonl"));
        step(
                "explain",
                "--model",
                model,
                "--data",
                data,
                "--output",
                directory.resolve("explained"));
    }

    private void step(Object... words) {
        List<String> step = new ArrayList<>();
        for (Object word : words) {
            step.add(word.toString());
        }
        steps.add(step);
    }

    /** In this process, with a command line of its own: this one is being executed. */
    private int run(List<String> step) {
        CommandLine commands = Dien.commandLine();
        commands.setOut(spec.commandLine().getOut());
        commands.setErr(spec.commandLine().getErr());
        return commands.execute(step.toArray(String[]::new));
    }

    private void end(Path directory, Path model, Path requests, PrintWriter out) {
        out.printf("%nAll of it is in %s:%n", directory);
        out.printf("  data/              examples, vocabularies, catalog, manifest%n");
        out.printf("  model/             the artifact, for any job%n");
        out.printf("  model.report/      training: metrics.json, curves, report.html%n");
        out.printf("  answers.jsonl      what the job answered to requests.jsonl%n");
        out.printf("  explained/         attention and evolving interest, as pictures%n");
        out.printf("%nNext, with a broker and the job in a terminal each:%n");
        out.printf("  dien broker%n");
        out.printf(
                "  dien job --kafka.bootstrap-servers=localhost:9092 --model.path=%s%n",
                model.toAbsolutePath());
        out.printf(
                "  dien replay --bootstrap-servers localhost:9092 --behaviors %s --requests %s"
                        + " --shift-to-now%n",
                log, requests);
        out.printf("  dien watch --bootstrap-servers localhost:9092%n");
        out.printf(
                "Better models: more epochs, negatives and architectures:"
                        + " docs/start/training.md%n");
        out.flush();
    }
}
