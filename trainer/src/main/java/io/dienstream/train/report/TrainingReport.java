package io.dienstream.train.report;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.dienstream.cli.page.HtmlPage;
import io.dienstream.cli.page.Plots;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.offline.TestResult;
import io.dienstream.datasets.offline.UnseenAds;
import io.dienstream.datasets.report.ReliabilityPlot;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.evaluation.Quality;
import io.dienstream.train.fit.EpochReport;
import io.dienstream.train.fit.LossCurve;
import io.dienstream.train.fit.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * What a training leaves to be read: {@code metrics.json}, the curves as PNG and SVG, and {@code
 * report.html}, which begins with what the model is worth on the test split. Neither training nor
 * the choice of an epoch has looked at that split.
 *
 * @param test null where the data set has no test, or it was not asked for
 * @param unseen candidates of the test with ids that training did not see; null without a test
 * @param curve the loss step by step
 * @param difference largest difference of pCTR between trainer and scorer
 * @param seconds that training took, without the export
 */
public record TrainingReport(
        Manifest data,
        ModelConfig config,
        Recipe recipe,
        TestResult test,
        UnseenAds unseen,
        List<LossCurve.Point> curve,
        List<EpochReport> epochs,
        double difference,
        double seconds) {

    /** Writes the numbers, then the pictures and the page. */
    public void write(Path directory) throws IOException {
        OutputDirectory.make(directory);
        CompleteFile.write(
                directory.resolve("metrics.json"),
                new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json()));
        HtmlPage page = new HtmlPage("Training of " + config.name());
        result(page, directory);
        Chart<?, ?> loss = TrainingCurves.loss(curve, epochs);
        Plots.save(loss, directory, "loss");
        page.heading("Curves").picture(loss, "Loss by step.");
        if (isValidated()) {
            Chart<?, ?> auc = TrainingCurves.auc(epochs);
            Plots.save(auc, directory, "validation-auc");
            page.picture(
                    auc,
                    "AUC on the validation users; the weights of "
                            + (recipe.patience() > 0 ? "the best epoch" : "the last epoch")
                            + " were exported.");
        }
        about(page);
        page.write(directory.resolve("report.html"));
    }

    private void result(HtmlPage page, Path directory) throws IOException {
        page.heading("Result");
        if (test == null) {
            page.paragraph(
                    "The data set has no test split, or this training did not measure it; dien evaluate does.");
            return;
        }
        Quality q = test.quality();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put(
                "Test AUC",
                String.format(
                        Locale.ROOT,
                        "%.4f %s",
                        q.auc(),
                        test.interval().isKnown()
                                ? String.format(
                                        Locale.ROOT,
                                        "[%.4f, %.4f], 95 %% of draws of users",
                                        test.interval().low(),
                                        test.interval().high())
                                : "[too few users for an interval]"));
        facts.put("GAUC", String.format(Locale.ROOT, "%.4f", q.gauc()));
        facts.put("Log loss", String.format(Locale.ROOT, "%.4f", q.logloss()));
        facts.put(
                "Calibration",
                String.format(
                        Locale.ROOT,
                        "%.3f predicted clicks a click, error %.4f",
                        q.calibration(),
                        q.calibrationError()));
        facts.put(
                "Of",
                String.format(
                        Locale.ROOT,
                        "%,d examples, %,d clicked, %,d users",
                        q.examples(),
                        q.clicks(),
                        q.users()));
        page.facts(facts);
        String note = unseen.note(Split.TEST);
        if (!note.isEmpty()) {
            page.paragraph("Note: " + note + ".");
        }
        Chart<?, ?> reliability = ReliabilityPlot.of(Map.of(config.name(), q));
        Plots.save(reliability, directory, "reliability");
        page.picture(
                reliability,
                "Click rate by prediction, on the test; on the gray line a prediction is right.");
    }

    private boolean isValidated() {
        return epochs.stream().allMatch(e -> e.validationAuc() != null);
    }

    private Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", config.name());
        json.put("version", config.version());
        json.put("architecture", config.architecture().key());
        json.put("data", data.name());
        json.put("recipe", recipe);
        json.put("test", test == null ? null : test.json());
        if (unseen != null) {
            json.put("test_unseen", unseen.unseen());
            json.put("test_unseen_clicks", unseen.clicked());
        }
        json.put("epochs", epochs);
        json.put("loss_by_step", curve);
        json.put("trainer_scorer_difference", difference);
        json.put("seconds", seconds);
        return json;
    }

    private void about(HtmlPage page) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("Name and version", config.name() + ", " + config.version());
        model.put("Architecture", config.architecture().key());
        if (config.attention() != null) {
            model.put("Attention", config.attention().name().toLowerCase(Locale.ROOT));
        }
        if (config.architecture().hasInterestStates()) {
            model.put("Gate", config.gate().name().toLowerCase(Locale.ROOT));
            model.put("Hidden units", config.hidden());
        }
        config.embeddings()
                .forEach((n, e) -> model.put("Embedding " + n, e.rows() + " rows of " + e.dim()));
        model.put("MLP", config.mlp().hidden() + " " + config.mlp().activation());
        model.put(
                "Trainer against scorer",
                String.format(Locale.ROOT, "%.1e, largest difference of pCTR", difference));
        Map<String, Object> about = new LinkedHashMap<>();
        for (Split split : Split.values()) {
            Manifest.Counts c = data.counts(split);
            about.put(
                    "Examples, " + split.key(),
                    String.format(
                            Locale.ROOT, "%,d, %,d of them clicked", c.examples(), c.clicks()));
        }
        about.putAll(data.settings());
        page.heading("Epochs")
                .table(
                        List.of("epoch", "steps", "loss", "auxiliary", "AUC", "log loss", "ex./s"),
                        rows())
                .heading("Model")
                .facts(model)
                .heading("Data set " + data.name())
                .facts(about)
                .heading("Recipe, as options of dien train")
                .facts(options());
    }

    /** The recipe by the names of the command's options. */
    Map<String, Object> options() {
        Map<String, Object> options = new LinkedHashMap<>();
        new ObjectMapper()
                .convertValue(recipe, new TypeReference<Map<String, Object>>() {})
                .forEach(
                        (name, value) ->
                                options.put(
                                        "--"
                                                + PropertyNamingStrategies.KebabCaseStrategy
                                                        .INSTANCE
                                                        .translate(name),
                                        value));
        return options;
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (EpochReport e : epochs) {
            rows.add(
                    List.of(
                            e.epoch() + (e.best() ? " *" : ""),
                            String.format(Locale.ROOT, "%,d", e.steps()),
                            number(e.loss()),
                            number(e.auxiliaryLoss()),
                            number(e.validationAuc()),
                            number(e.validationLogloss()),
                            String.format(Locale.ROOT, "%,.0f", e.examplesPerSecond())));
        }
        return rows;
    }

    private static String number(Double value) {
        return value == null ? "" : String.format(Locale.ROOT, "%.4f", value);
    }
}
