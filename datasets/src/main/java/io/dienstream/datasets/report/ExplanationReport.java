package io.dienstream.datasets.report;

import io.dienstream.cli.page.HtmlPage;
import io.dienstream.cli.page.PathsPlot;
import io.dienstream.cli.page.Plots;
import io.dienstream.datasets.offline.Explanation;
import io.dienstream.datasets.title.ItemTitles;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.evaluation.PrincipalComponents;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * The figure of the DIEN paper for one user: attention along the history, and evolving interest.
 */
public final class ExplanationReport {
    private static final int REASONS = 3;

    /** The field that says which item it is, where a model has it; of others the first one does. */
    private static final String ITEM = "item";

    /** As many as have a color of their own in a picture. */
    private static final int PATHS = 6;

    /** A page of hundreds of histories opens nowhere. */
    private static final int STRIPS = 20;

    private static final int LEGEND = 60;

    private final ModelConfig config;
    private final TrainingExample example;
    private final Explanation explanation;
    private final ItemTitles titles;
    private final boolean titled;
    private final List<String> candidates = new ArrayList<>();
    private final List<String> behaviors = new ArrayList<>();

    public ExplanationReport(
            ModelConfig config,
            TrainingExample example,
            Explanation explanation,
            ItemTitles titles) {
        this.config = config;
        this.example = example;
        this.explanation = explanation;
        this.titles = titles;
        titled =
                titles.fit(
                        Stream.concat(
                                        example.getCandidates().stream().map(c -> c.getFields()),
                                        explanation.behaviors().stream().map(b -> b.getFields()))
                                .toList());
        for (int n = 0; n < example.getCandidates().size(); n++) {
            Map<String, String> fields = example.getCandidates().get(n).getFields();
            candidates.add(
                    String.format(
                            Locale.ROOT,
                            "%d: %s (pCTR %.3f)", // numbered: two may be of one item
                            n + 1,
                            text(config.adFields(), fields),
                            explanation.pctrs()[n]));
        }
        for (int t = 0; t < explanation.behaviors().size(); t++) {
            Map<String, String> fields = explanation.behaviors().get(t).getFields();
            behaviors.add((t + 1) + ": " + text(config.behaviorFields(), fields));
        }
    }

    private String text(List<ModelConfig.Field> fields, Map<String, String> values) {
        String id =
                fields.stream()
                        .map(ModelConfig.Field::name)
                        .filter(ITEM::equals)
                        .findFirst()
                        .orElse(fields.get(0).name());
        String title = titled ? titles.title(values, id) : null;
        if (title != null) {
            return "%s (%s)".formatted(title, values.get(id));
        }
        StringJoiner text = new StringJoiner("/");
        fields.forEach(f -> text.add(values.getOrDefault(f.name(), "-")));
        return text.toString();
    }

    /** Writes {@code attention} and {@code evolution} as PNG and SVG, and {@code explain.html}. */
    public void write(Path directory) throws IOException {
        Plots.save(
                Plots.attention(candidates, behaviors, explanation.attention()),
                directory,
                "attention");
        HtmlPage page =
                new HtmlPage("User " + example.getUserId() + ", model " + config.name())
                        .heading("Because of")
                        .table(List.of("ad", "most of all", "then", "then"), reasons())
                        .heading("Attention")
                        .paragraph(
                                "How much each ad looks at each behavior of the history, oldest first; the shares of an ad sum to 100 %. The strongest of all has the full color.");
        strips(page);
        if (explanation.evolved() != null) {
            evolution(page, directory);
        }
        page.heading("Weights")
                .foldedTable("All weights as numbers", header(), rows())
                .write(directory.resolve("explain.html"));
    }

    private void strips(HtmlPage page) {
        float strongest = 0;
        for (float[] weights : explanation.attention()) {
            for (float weight : weights) {
                strongest = Math.max(strongest, weight);
            }
        }
        if (candidates.size() > STRIPS) {
            page.paragraph(
                    "Shown are the %d ads of the highest pCTR; the table at the end has all."
                            .formatted(STRIPS));
        }
        for (int n : IntStream.of(ranked()).limit(STRIPS).toArray()) {
            List<HtmlPage.Cell> cells = new ArrayList<>();
            float[] weights = explanation.attention()[n];
            for (int t = 0; t < weights.length; t++) {
                cells.add(
                        new HtmlPage.Cell(
                                behaviors.get(t), percent(weights[t]), weights[t] / strongest));
            }
            page.subheading(candidates.get(n)).strip(cells);
        }
    }

    /** Candidates, the highest pCTR first. */
    private int[] ranked() {
        return IntStream.range(0, candidates.size())
                .boxed()
                .sorted(Comparator.comparingDouble(n -> -explanation.pctrs()[n]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, share < 0.1 ? "%.1f %%" : "%.0f %%", 100 * share);
    }

    private void evolution(HtmlPage page, Path directory) throws IOException {
        PrincipalComponents plane = PrincipalComponents.of(points());
        int[] shown = IntStream.of(ranked()).limit(PATHS).toArray();
        Chart<?, ?> paths =
                PathsPlot.of(
                        "Evolving interest",
                        IntStream.of(shown).mapToObj(this::legend).toList(),
                        paths(plane, shown));
        Plots.save(paths, directory, "evolution");
        page.heading("Interest evolution")
                .picture(
                        paths,
                        String.format(
                                Locale.ROOT,
                                "The states g_t of %s from zero, where all begin, to the mark at the end, projected on their two principal components (%.0f %% of the variance).",
                                shown.length < candidates.size()
                                        ? "the " + shown.length + " ads of the highest pCTR"
                                        : "each ad",
                                100 * plane.explained()));
    }

    /** A line of a legend, which is cut where it is too long for the picture. */
    private String legend(int n) {
        String whole = candidates.get(n);
        int pctr = whole.lastIndexOf(" (pCTR");
        return Plots.shortLabel(whole.substring(0, pctr), LEGEND) + whole.substring(pctr);
    }

    /** For each candidate the behaviors that it looks at most; the highest pCTR first. */
    private List<List<String>> reasons() {
        List<List<String>> rows = new ArrayList<>();
        for (int n : ranked()) {
            List<String> row = new ArrayList<>(List.of(candidates.get(n)));
            for (int t : explanation.strongest(n, REASONS)) {
                row.add(behaviors.get(t) + ", " + percent(explanation.attention()[n][t]));
            }
            while (row.size() <= REASONS) {
                row.add("");
            }
            rows.add(row);
        }
        return rows;
    }

    /** All states of all candidates, and the zero they start from. */
    private double[][] points() {
        List<double[]> points = new ArrayList<>();
        points.add(new double[config.hidden()]);
        for (float[][] path : explanation.evolved()) {
            for (float[] state : path) {
                double[] point = new double[state.length];
                for (int d = 0; d < point.length; d++) {
                    point[d] = state[d];
                }
                points.add(point);
            }
        }
        return points.toArray(double[][]::new);
    }

    private double[][][] paths(PrincipalComponents plane, int[] shown) {
        double[][][] paths = new double[shown.length][][];
        for (int n = 0; n < paths.length; n++) {
            float[][] states = explanation.evolved()[shown[n]];
            paths[n] = new double[states.length + 1][];
            paths[n][0] = plane.project(new float[config.hidden()]);
            for (int t = 0; t < states.length; t++) {
                paths[n][t + 1] = plane.project(states[t]);
            }
        }
        return paths;
    }

    private List<String> header() {
        List<String> header = new ArrayList<>(List.of("behavior"));
        header.addAll(candidates);
        return header;
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (int t = 0; t < behaviors.size(); t++) {
            List<String> row = new ArrayList<>(List.of(behaviors.get(t)));
            for (float[] weights : explanation.attention()) {
                row.add(String.format(Locale.ROOT, "%.4f", weights[t]));
            }
            rows.add(row);
        }
        return rows;
    }
}
