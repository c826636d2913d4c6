package io.dienstream.bench.stream;

import io.dienstream.cli.page.Markdown;
import io.dienstream.cli.page.Plots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * Figures of {@code dien bench stream} side by side.
 *
 * @param java version of the runtime
 * @param cores of this machine; broker, job and everything else share them
 */
public record StreamTable(String java, int cores, String model, List<StreamFigure> figures) {
    private static final double MILLION = 1e6;

    /** The pass-through job's rate under the same load, or null. */
    private Double ceiling(StreamCase c) {
        for (StreamFigure f : figures) {
            StreamCase o = f.of();
            boolean same =
                    o.ceiling()
                            && o.load() == c.load()
                            && o.users() == c.users()
                            && o.history() == c.history()
                            && o.candidates() == c.candidates()
                            && o.parallelism() == c.parallelism()
                            && o.hotShare() == c.hotShare()
                            && o.backend() == c.backend();
            if (same) {
                return f.perSecond();
            }
        }
        return null;
    }

    /** As a table to put into a document. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "Java %s, %d cores shared by job, broker and Flink; model %s%n%n",
                        java,
                        cores,
                        Markdown.text(model)));
        text.append(
                "| load | users | T | parallelism | state | hot user | records/s | of ceiling |");
        text.append(" CPU µs a record | checkpoint | restored in |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
        for (StreamFigure f : figures) {
            StreamCase c = f.of();
            Double ceiling = c.ceiling() ? null : ceiling(c);
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %,d | %d | %d | %s | %.0f %% | %,.0f | %s | %.1f |"
                                    + " %,.0f MB in %.1f s | %.1f s |%n",
                            c.label(),
                            c.users(),
                            c.history(),
                            c.parallelism(),
                            c.backendName(),
                            100 * c.hotShare(),
                            f.perSecond(),
                            ceiling == null ? "" : Math.round(100 * f.perSecond() / ceiling) + " %",
                            f.cpuMicros(),
                            f.checkpointBytes() / MILLION,
                            f.checkpointMillis() / 1e3,
                            f.restoreMillis() / 1e3));
        }
        return text.toString();
    }

    /** Records a second by number of users, a line for each load. */
    public Chart<?, ?> plot() {
        Map<String, Map<Double, Double>> lines = new LinkedHashMap<>();
        for (StreamFigure f : figures) {
            StreamCase c = f.of();
            String line =
                    "%s, T %d, parallelism %d, %s%s"
                            .formatted(
                                    c.label(),
                                    c.history(),
                                    c.parallelism(),
                                    c.backendName(),
                                    c.hotShare() == 0 ? "" : ", hot user");
            lines.computeIfAbsent(line, k -> new TreeMap<>())
                    .put((double) c.users(), f.perSecond());
        }
        return Plots.lines(
                "Through Kafka and the job", "users with state", "records a second", lines, true);
    }
}
