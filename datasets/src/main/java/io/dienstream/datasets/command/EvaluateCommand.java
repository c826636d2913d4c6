package io.dienstream.datasets.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.cli.page.Plots;
import io.dienstream.cli.terminal.Bars;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.datasets.offline.TestResult;
import io.dienstream.datasets.offline.UnseenAds;
import io.dienstream.datasets.report.ReliabilityPlot;
import io.dienstream.datasets.served.ServedMixin;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.WarmUp;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.evaluation.Quality;
import io.dienstream.evaluation.Scored;
import io.dienstream.evaluation.UserResampling;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien evaluate}: what an artifact is worth on a data set. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = {
            "Scores a split of a data set with the scorer of the stream: AUC with a 95 %% interval",
            "(users drawn with replacement), GAUC by user, log loss, calibration.",
            "--compare A B: two artifacts on the same examples, with the interval of the difference."
        })
public final class EvaluateCommand implements Callable<Integer> {
    private static final long WARM_UP_NANOS = 3_000_000_000L;

    @Spec private CommandSpec spec;

    @CommandLine.ArgGroup(exclusive = true, multiplicity = "1")
    private Models models;

    static final class Models {
        @Option(names = "--model", paramLabel = "DIR", description = "Artifact.")
        private Path model;

        @Option(names = "--compare", arity = "2", paramLabel = "DIR", description = "Artifacts.")
        private List<Path> compared;
    }

    @Mixin private ServedMixin data;

    @Option(
            names = "--split",
            defaultValue = "test",
            description = "train, validation or test. Default: ${DEFAULT-VALUE}.")
    private Split split;

    @Option(
            names = "--draws",
            defaultValue = "1000",
            description = "For the intervals. Default: ${DEFAULT-VALUE}.")
    private int draws;

    @Option(
            names = "--attention-tail",
            defaultValue = "0",
            paramLabel = "SHARE",
            description = {
                "With --model: leaves out steps of so little attention, as scoring.attention-tail",
                "does, and shows how far the scores are from the exact ones and what it saves."
            })
    private double attentionTail;

    @Option(names = "--seed", defaultValue = "1", description = "Of the draws.")
    private long seed;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Writes the reliability plot there, PNG and SVG.")
    private Path report;

    @Option(names = "--json", description = "One JSON object instead of text.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Dataset dataset = data.open().data();
        if (dataset.manifest().counts(split).examples() == 0) {
            throw new IOException(data.path() + ": has no " + split.key() + " examples");
        }
        if (draws < 40) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--draws must be at least 40");
        }
        if (!(attentionTail >= 0 && attentionTail < 1)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--attention-tail must be at least 0 and less than 1");
        }
        if (attentionTail > 0 && models.model == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--attention-tail goes with --model");
        }
        if (report != null) {
            OutputDirectory.make(report);
        }
        ObjectNode result = new ObjectMapper().createObjectNode();
        Map<String, Quality> qualities = new LinkedHashMap<>();
        if (models.model != null) {
            String name = String.valueOf(models.model.getFileName());
            Scored scored =
                    attentionTail > 0 ? withoutTail(dataset, result) : score(models.model, dataset);
            qualities.put(name, describe(scored, result));
        } else {
            Scored a = score(models.compared.get(0), dataset);
            Scored b = score(models.compared.get(1), dataset);
            qualities.put("A", describe(a, result.putObject("a")));
            qualities.put("B", describe(b, result.putObject("b")));
            UserResampling.Interval i = UserResampling.difference(a, b, draws, seed);
            double difference =
                    result.at("/a/auc").doubleValue() - result.at("/b/auc").doubleValue();
            result.put("auc_difference", difference);
            TestResult.put(result, "auc_difference_interval", i);
        }
        UnseenAds unseen = UnseenAds.of(dataset, split);
        result.put("unseen", unseen.unseen());
        result.put("unseen_clicks", unseen.clicked());
        print(result);
        note(unseen);
        if (report != null) {
            Plots.save(ReliabilityPlot.of(qualities), report, "reliability");
        }
        return 0;
    }

    private Scored score(Path model, Dataset dataset) throws IOException {
        return score(new ExampleScorer(scorer(model, dataset)), dataset);
    }

    private Scorer scorer(Path model, Dataset dataset) throws IOException {
        Scorer scorer = new Scorer(ModelReader.read(model), KernelsProvider.get());
        int retained = scorer.model().config().maxLength();
        int prepared = dataset.manifest().maxLength();
        if (retained != prepared) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "note: %s retains %d behaviors, the data set %d: histories are those of"
                                    + " a model that takes over from one with %d; for its own"
                                    + " prepare with --max-length %d%n",
                            model, retained, prepared, prepared, retained);
        }
        return scorer;
    }

    private Scored score(ExampleScorer examples, Dataset dataset) throws IOException {
        long total = dataset.manifest().counts(split).examples();
        try (ProgressBar bar = Bars.start("score", total)) {
            return examples.score(dataset, split, bar::stepTo);
        }
    }

    /** With the tail left out, beside the exact scores: how far they are apart, and the time. */
    private Scored withoutTail(Dataset dataset, ObjectNode result) throws IOException {
        Scorer scorer = scorer(models.model, dataset);
        new WarmUp(scorer, System::nanoTime).run(WARM_UP_NANOS);
        // once untimed, or whichever is timed first pays for what real histories still compile
        score(new ExampleScorer(scorer, attentionTail), dataset);
        score(new ExampleScorer(scorer), dataset);
        ExampleScorer exact = new ExampleScorer(scorer);
        ExampleScorer shorter = new ExampleScorer(scorer, attentionTail);
        Scored scored = score(shorter, dataset);
        Scored exactly = score(exact, dataset);
        double largest = 0;
        for (int i = 0; i < scored.size(); i++) {
            largest = Math.max(largest, Math.abs(scored.pctr(i) - exactly.pctr(i)));
        }
        result.put("largest_difference", largest);
        result.put("micros_per_candidate", shorter.microsPerCandidate());
        result.put("exact_micros_per_candidate", exact.microsPerCandidate());
        return scored;
    }

    private Quality describe(Scored scored, ObjectNode node) {
        TestResult result = TestResult.of(scored, draws, seed);
        node.setAll(result.json());
        return result.quality();
    }

    private static String interval(JsonNode interval, String format) {
        return interval.isNull()
                ? "[too few users]"
                : String.format(
                        Locale.ROOT,
                        "[" + format + ", " + format + "]",
                        interval.get(0).doubleValue(),
                        interval.get(1).doubleValue());
    }

    private void print(ObjectNode result) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(result);
        } else if (models.model != null) {
            line("", result, out);
            if (attentionTail > 0) {
                out.printf(
                        Locale.ROOT,
                        "attention tail %s: no score moved by more than %.2e; %.1f us a candidate,"
                                + " exact %.1f%n",
                        attentionTail,
                        result.get("largest_difference").doubleValue(),
                        result.get("micros_per_candidate").doubleValue(),
                        result.get("exact_micros_per_candidate").doubleValue());
            }
        } else {
            line("A: ", (ObjectNode) result.get("a"), out);
            line("B: ", (ObjectNode) result.get("b"), out);
            out.printf(
                    Locale.ROOT,
                    "A - B: auc %+.4f %s%n",
                    result.get("auc_difference").doubleValue(),
                    interval(result.get("auc_difference_interval"), "%+.4f"));
        }
        out.flush();
    }

    private void note(UnseenAds ads) {
        String note = ads.note(split);
        if (!note.isEmpty()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("note: " + note);
            err.flush();
        }
    }

    private static void line(String name, ObjectNode r, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%sauc %.4f %s, gauc %.4f, logloss %.4f, calibration %.3f (error %.4f); %,d examples, %,d clicked, %,d users%n",
                name,
                r.get("auc").doubleValue(),
                interval(r.get("auc_interval"), "%.4f"),
                r.get("gauc").doubleValue(),
                r.get("logloss").doubleValue(),
                r.get("calibration").doubleValue(),
                r.get("calibration_error").doubleValue(),
                r.get("examples").longValue(),
                r.get("clicks").longValue(),
                r.get("users").longValue());
    }
}
