package io.dienstream.bench;

import io.dienstream.cli.page.Markdown;
import io.dienstream.cli.page.Plots;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * Figures of a run side by side.
 *
 * @param java version of the runtime
 * @param kernels in use
 * @param peakGflops multiply-add loop on one core, GFLOP/s
 * @param requests whole requests
 * @param others microseconds a call of the other benchmarks, by name
 */
public record KernelTable(
        String java,
        String kernels,
        double peakGflops,
        List<Row> requests,
        Map<String, Double> others) {

    /**
     * A request of N candidates over T behaviors.
     *
     * @param model the artifact's directory, or the random model's attention
     * @param tail {@code scoring.attention-tail}
     * @param micros a candidate
     * @param peakShare of the peak that the exact answer's products would need in that time, or
     *     null for models whose operations are not counted
     * @param bytes allocated a request
     * @param peerMicros ONNX Runtime's a candidate, or null
     * @param ratio peer to ours, or null
     */
    public record Row(
            String model,
            int steps,
            int candidates,
            double tail,
            double micros,
            Double peakShare,
            double bytes,
            Double peerMicros,
            Double ratio) {}

    /** Puts figures side by side; the first is the peak's. */
    public static KernelTable of(List<KernelRun.Figure> figures) throws IOException {
        double peak = KernelRun.peak(figures.get(0));
        List<Row> rows = new ArrayList<>();
        Map<String, Double> others = new LinkedHashMap<>();
        for (KernelRun.Figure f : figures) {
            String method = f.of().method();
            if (method.equals(KernelCases.REQUEST)) {
                rows.add(row(f, figures, peak));
            } else if (!method.equals(KernelCases.PEER) && !method.equals(KernelCases.PEAK)) {
                String tile = f.of().parameters().get("remaining");
                others.put(method + (tile == null ? "" : " of " + tile), f.micros());
            }
        }
        return new KernelTable(
                System.getProperty("java.version"),
                KernelsProvider.get().describe(),
                peak,
                rows,
                others);
    }

    private static Row row(KernelRun.Figure f, List<KernelRun.Figure> all, double peak)
            throws IOException {
        Map<String, String> p = f.of().parameters();
        int n = Integer.parseInt(p.get("candidates"));
        int t = Integer.parseInt(p.get("steps"));
        double micros = f.micros() / n;
        Double peer = null;
        for (KernelRun.Figure other : all) {
            Map<String, String> q = other.of().parameters();
            boolean same =
                    other.of().method().equals(KernelCases.PEER)
                            && q.get("model").equals(p.get("model"))
                            && q.get("steps").equals(p.get("steps"))
                            && q.get("candidates").equals(p.get("candidates"));
            peer = same ? Double.valueOf(other.micros() / n) : peer;
        }
        boolean random = p.get("model").isEmpty();
        return new Row(
                random ? p.get("attention").toLowerCase(Locale.ROOT) : p.get("model"),
                t,
                n,
                Double.parseDouble(p.get("tail")),
                micros,
                random ? null : share(Path.of(p.get("model")), t, micros, peak),
                f.bytes(),
                peer,
                peer == null ? null : peer / micros);
    }

    private static Double share(Path model, int steps, double micros, double peak)
            throws IOException {
        ModelConfig config = ModelReader.read(model).config();
        try {
            return Operations.ofCandidate(config, steps) / (micros * 1e3) / peak;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** As a table to put into a document. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "Java %s, %s kernels, one thread; multiply-add peak %.0f GFLOP/s%n%n",
                        java,
                        kernels,
                        peakGflops));
        text.append("| model | T | N | tail | µs a candidate | of peak | bytes a request |");
        text.append(" ONNX Runtime | ratio |\n|---|---|---|---|---|---|---|---|---|\n");
        for (Row r : requests) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %d | %d | %s | %.1f | %s | %.0f | %s | %s |%n",
                            Markdown.text(r.model()),
                            r.steps(),
                            r.candidates(),
                            r.tail() == 0 ? "exact" : Double.toString(r.tail()),
                            r.micros(),
                            r.peakShare() == null ? "" : Math.round(100 * r.peakShare()) + " %",
                            r.bytes(),
                            optional("%.1f", r.peerMicros()),
                            optional("%.1f", r.ratio())));
        }
        text.append("\n| | µs a call |\n|---|---|\n");
        others.forEach(
                (name, micros) ->
                        text.append(String.format(Locale.ROOT, "| %s | %.2f |%n", name, micros)));
        return text.toString();
    }

    private static String optional(String format, Double value) {
        return value == null ? "" : String.format(Locale.ROOT, format, value);
    }

    /** Microseconds a candidate by number of candidates, exact rows of the longest history. */
    public Chart<?, ?> plot() {
        int longest = requests.stream().mapToInt(Row::steps).max().orElse(0);
        Map<String, Map<Double, Double>> lines = new LinkedHashMap<>();
        for (Row r : requests) {
            if (r.steps() != longest || r.tail() != 0) {
                continue;
            }
            put(lines, name(r.model()), r.candidates(), r.micros());
            if (r.peerMicros() != null) {
                put(lines, name(r.model()) + ", ONNX Runtime", r.candidates(), r.peerMicros());
            }
        }
        return Plots.lines(
                "A candidate over " + longest + " behaviors",
                "candidates of a request",
                "µs a candidate, one thread",
                lines,
                true);
    }

    private static String name(String model) {
        Path path = Path.of(model);
        return path.getNameCount() > 2
                ? path.subpath(path.getNameCount() - 2, path.getNameCount()).toString()
                : model;
    }

    private static void put(
            Map<String, Map<Double, Double>> lines, String line, double x, double y) {
        lines.computeIfAbsent(line, k -> new LinkedHashMap<>()).put(x, y);
    }
}
