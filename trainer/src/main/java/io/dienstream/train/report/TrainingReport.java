package io.dienstream.train.report;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.page.HtmlPage;
import io.dienstream.cli.page.Plots;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.fit.EpochReport;
import io.dienstream.train.fit.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * What a training leaves to be read: {@code metrics.json}, the curves as PNG and SVG, and {@code
 * report.html}. The test split is not in it; that is for {@code dien evaluate}.
 *
 * @param difference largest difference of pCTR between trainer and scorer
 * @param seconds it took
 */
public record TrainingReport(
        Manifest data,
        ModelConfig config,
        Recipe recipe,
        List<EpochReport> epochs,
        double difference,
        double seconds) {

    /** Writes the numbers, then the pictures and the page. */
    public void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        CompleteFile.write(
                directory.resolve("metrics.json"),
                new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json()));
        HtmlPage page = page();
        Chart<?, ?> loss = TrainingCurves.loss(epochs);
        Plots.save(loss, directory, "loss");
        page.heading("Curves").picture(Plots.svg(loss), "Loss by epoch.");
        if (isValidated()) {
            Chart<?, ?> auc = TrainingCurves.auc(epochs);
            Plots.save(auc, directory, "validation-auc");
            page.picture(
                    Plots.svg(auc),
                    "AUC on the validation users; the weights of the best epoch were exported.");
        }
        page.write(directory.resolve("report.html"));
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
        json.put("epochs", epochs);
        json.put("trainer_scorer_difference", difference);
        json.put("seconds", seconds);
        return json;
    }

    private HtmlPage page() {
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
        return new HtmlPage("Training of " + config.name())
                .heading("Model")
                .facts(model)
                .heading("Data set " + data.name())
                .facts(about)
                .heading("Recipe")
                .facts(
                        new ObjectMapper()
                                .convertValue(recipe, new TypeReference<Map<String, Object>>() {}))
                .heading("Epochs")
                .table(
                        List.of("epoch", "steps", "loss", "auxiliary", "AUC", "log loss", "ex./s"),
                        rows());
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
