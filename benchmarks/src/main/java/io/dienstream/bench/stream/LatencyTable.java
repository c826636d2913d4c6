package io.dienstream.bench.stream;

import io.dienstream.cli.page.Markdown;
import io.dienstream.cli.page.Plots;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * Latencies of {@code dien bench latency}.
 *
 * @param of users, histories, candidates
 * @param behaviorsPerRequest sent with each request
 * @param saturation requests a second that generator, broker, job and consumer manage together
 */
public record LatencyTable(
        String java,
        int cores,
        String model,
        StreamCase of,
        int behaviorsPerRequest,
        double saturation,
        List<Row> rows) {
    private static final double NANOS_PER_MS = 1e6;
    private static final List<Double> PERCENTILES =
            List.of(10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9);

    /**
     * One rate.
     *
     * @param share of the saturation
     * @param rate requests a second that were due
     * @param answered answers a second
     * @param missing requests without an answer
     * @param millis by percentile
     * @param max ms
     * @param slowest ms, of the requests that were due in each tenth of a second; 0 where none was
     */
    public record Row(
            double share,
            double rate,
            double answered,
            long missing,
            Map<Double, Double> millis,
            double max,
            List<Double> slowest) {
        private String name() {
            return String.format(
                    Locale.ROOT, "%,.0f requests/s, %.0f %% of saturation", rate, 100 * share);
        }
    }

    static Row row(double share, double rate, OpenLoop.Outcome outcome) {
        Histogram h = outcome.latency();
        Map<Double, Double> millis = new LinkedHashMap<>();
        for (double p : PERCENTILES) {
            millis.put(p, h.getValueAtPercentile(p) / NANOS_PER_MS);
        }
        return new Row(
                share,
                rate,
                outcome.perSecond(),
                outcome.missing(),
                millis,
                h.getMaxValue() / NANOS_PER_MS,
                Arrays.stream(outcome.slowest()).mapToObj(ns -> ns / NANOS_PER_MS).toList());
    }

    /** As a table to put into a document. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "Java %s, %d cores shared by generator, broker, job and consumer; model %s;"
                                + " %,d users with %d behaviors, %d candidates, %d behaviors sent"
                                + " with each request, parallelism %d, %s state; saturation"
                                + " %,.0f requests/s%n%n",
                        java,
                        cores,
                        Markdown.text(model),
                        of.users(),
                        of.history(),
                        of.candidates(),
                        behaviorsPerRequest,
                        of.parallelism(),
                        of.backendName(),
                        saturation));
        text.append("| load | requests/s | p50 ms | p90 | p99 | p99.9 | max | missing |\n");
        text.append("|---|---|---|---|---|---|---|---|\n");
        for (Row r : rows) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %.0f %% | %,.0f | %.1f | %.1f | %.1f | %.1f | %.1f | %d |%n",
                            100 * r.share(),
                            r.answered(),
                            r.millis().get(50.0),
                            r.millis().get(90.0),
                            r.millis().get(99.0),
                            r.millis().get(99.9),
                            r.max(),
                            r.missing()));
        }
        return text.toString();
    }

    /** Milliseconds by percentile, a line for each rate. */
    public Chart<?, ?> plot() {
        Map<String, Map<Double, Double>> lines = new LinkedHashMap<>();
        for (Row r : rows) {
            Map<Double, Double> points = new LinkedHashMap<>();
            r.millis().forEach((p, ms) -> points.put(100 / (100 - p), ms));
            lines.put(r.name(), points);
        }
        return Plots.lines(
                "From due to answered, Kafka to Kafka",
                "one request in so many is slower",
                "ms",
                lines,
                true);
    }

    /** The slowest request of each tenth of a second, a line for each rate: what comes when. */
    public Chart<?, ?> course() {
        Map<String, Map<Double, Double>> lines = new LinkedHashMap<>();
        for (Row r : rows) {
            Map<Double, Double> points = new LinkedHashMap<>();
            for (int slot = 0; slot < r.slowest().size(); slot++) {
                points.put((double) slot / OpenLoop.SLOTS, r.slowest().get(slot));
            }
            lines.put(r.name(), points);
        }
        return Plots.courses("Slowest request of each tenth of a second", "s", "ms", lines);
    }
}
