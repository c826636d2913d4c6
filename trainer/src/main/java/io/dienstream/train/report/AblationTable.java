package io.dienstream.train.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.page.CategoryPlots;
import io.dienstream.cli.page.Markdown;
import io.dienstream.cli.page.Plots;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.evaluation.Quality;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.distribution.TDistribution;
import org.knowm.xchart.internal.chartpart.Chart;

/** Several seeds of several variants side by side: the paper's table. */
public final class AblationTable {
    private static final double UPPER = 0.975;

    private final String data;
    private final Map<String, List<Run>> runs = new LinkedHashMap<>();

    /**
     * One trained model on the test split.
     *
     * @param seed of the training
     * @param seconds it took
     */
    public record Run(long seed, double auc, double gauc, double logloss, double seconds) {
        public static Run of(long seed, Quality q, double seconds) {
            return new Run(seed, q.auc(), q.gauc(), q.logloss(), seconds);
        }
    }

    public AblationTable(String data) {
        this.data = data;
    }

    /** Adds a run of a variant; variants keep the order in which they first come. */
    public void add(String variant, Run run) {
        runs.computeIfAbsent(variant, v -> new ArrayList<>()).add(run);
    }

    /** Markdown, mean ± sample deviation over seeds, and the interval of the mean AUC. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("| ")
                .append(Markdown.text(data))
                .append(" | AUC | 95 % of the mean AUC | GAUC | log loss | seconds | seeds |\n");
        text.append("|---|---|---|---|---|---|---|\n");
        runs.forEach(
                (variant, all) ->
                        text.append(
                                String.format(
                                        Locale.ROOT,
                                        "| %s | %s | %s | %s | %s | %.0f | %d |%n",
                                        variant,
                                        cell(all, Run::auc),
                                        interval(all),
                                        cell(all, Run::gauc),
                                        cell(all, Run::logloss),
                                        mean(all, Run::seconds),
                                        all.size())));
        return text.toString();
    }

    private static String cell(List<Run> all, ToDoubleFunction<Run> figure) {
        String mean = String.format(Locale.ROOT, "%.4f", mean(all, figure));
        return all.size() < 2
                ? mean
                : mean + String.format(Locale.ROOT, " ± %.4f", deviation(all, figure));
    }

    /**
     * Half the width of the 95 % interval of the mean: of few seeds a deviation says little, so it
     * is Student's, t of n - 1 degrees times the standard error. 0 of one seed, which has none.
     */
    private static double half(List<Run> all) {
        if (all.size() < 2) {
            return 0;
        }
        double t = new TDistribution(all.size() - 1).inverseCumulativeProbability(UPPER);
        return t * deviation(all, Run::auc) / Math.sqrt(all.size());
    }

    private static String interval(List<Run> all) {
        double mean = mean(all, Run::auc);
        double half = half(all);
        return all.size() < 2
                ? "one seed"
                : String.format(Locale.ROOT, "[%.4f, %.4f]", mean - half, mean + half);
    }

    private static double mean(List<Run> all, ToDoubleFunction<Run> figure) {
        return all.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }

    private static double deviation(List<Run> all, ToDoubleFunction<Run> figure) {
        if (all.size() < 2) {
            return 0;
        }
        double mean = mean(all, figure);
        double sum = all.stream().mapToDouble(figure).map(v -> (v - mean) * (v - mean)).sum();
        return Math.sqrt(sum / (all.size() - 1));
    }

    /** Writes {@code ablation.md}, {@code ablation.json} and the plot. */
    public void write(Path directory) throws IOException {
        OutputDirectory.make(directory);
        CompleteFile.write(directory.resolve("ablation.md"), markdown());
        CompleteFile.write(
                directory.resolve("ablation.json"),
                new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(runs));
        List<Double> means = runs.values().stream().map(all -> mean(all, Run::auc)).toList();
        List<Double> halves = runs.values().stream().map(AblationTable::half).toList();
        Chart<?, ?> chart =
                CategoryPlots.comparison(
                        data,
                        "AUC, mean over seeds and its 95 % interval",
                        List.copyOf(runs.keySet()),
                        means,
                        halves);
        Plots.save(chart, directory, "ablation");
    }
}
