package io.dienstream.datasets.report;

import io.dienstream.cli.page.HtmlPage;
import io.dienstream.cli.page.Plots;
import io.dienstream.datasets.offline.Explanation;
import io.dienstream.datasets.simulate.Titles;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.evaluation.PrincipalComponents;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * The figure of the DIEN paper for one user: attention along the history, and evolving interest.
 */
public final class ExplanationReport {
    private static final int REASONS = 3;

    private final ModelConfig config;
    private final TrainingExample example;
    private final Explanation explanation;
    private final boolean simulated;
    private final List<String> candidates = new ArrayList<>();
    private final List<String> behaviors = new ArrayList<>();

    public ExplanationReport(ModelConfig config, TrainingExample example, Explanation explanation) {
        this.config = config;
        this.example = example;
        this.explanation = explanation;
        simulated =
                Titles.knowsAll(example.getCandidates().stream().map(c -> c.getFields()).toList())
                        && Titles.knowsAll(
                                explanation.behaviors().stream().map(b -> b.getFields()).toList());
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
        if (simulated) {
            return "%s (%s)".formatted(Titles.of(values), values.get("item"));
        }
        StringJoiner text = new StringJoiner("/");
        fields.forEach(f -> text.add(values.getOrDefault(f.name(), "-")));
        return text.toString();
    }

    /** Writes {@code attention} and {@code evolution} as PNG and SVG, and {@code explain.html}. */
    public void write(Path directory) throws IOException {
        Chart<?, ?> attention = Plots.attention(candidates, behaviors, explanation.attention());
        Plots.save(attention, directory, "attention");
        HtmlPage page =
                new HtmlPage("User " + example.getUserId() + ", model " + config.name())
                        .heading("Attention")
                        .picture(
                                Plots.svg(attention),
                                "How much each candidate looks at each behavior; rows sum to 1.");
        if (explanation.evolved() != null) {
            PrincipalComponents plane = PrincipalComponents.of(points());
            Chart<?, ?> paths = Plots.paths("Evolving interest", candidates, paths(plane));
            Plots.save(paths, directory, "evolution");
            page.heading("Interest evolution")
                    .picture(
                            Plots.svg(paths),
                            String.format(
                                    Locale.ROOT,
                                    "The states g_t of each candidate from zero on, projected on their two principal components (%.0f %% of the variance).",
                                    100 * plane.explained()));
        }
        page.heading("Because of").table(List.of("ad", "most of all", "then", "then"), reasons());
        page.heading("Weights").table(header(), rows());
        page.write(directory.resolve("explain.html"));
    }

    /** For each candidate the behaviors that it looks at most. */
    private List<List<String>> reasons() {
        List<List<String>> rows = new ArrayList<>();
        for (int n = 0; n < candidates.size(); n++) {
            List<String> row = new ArrayList<>(List.of(candidates.get(n)));
            for (int t : explanation.strongest(n, REASONS)) {
                row.add(
                        String.format(
                                Locale.ROOT,
                                "%s, %.0f %%",
                                behaviors.get(t),
                                100 * explanation.attention()[n][t]));
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

    private double[][][] paths(PrincipalComponents plane) {
        double[][][] paths = new double[candidates.size()][][];
        for (int n = 0; n < paths.length; n++) {
            float[][] states = explanation.evolved()[n];
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
