package io.dienstream.operate.quality;

import io.dienstream.cli.page.Plots;
import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.evaluation.online.Reliability;
import io.dienstream.job.learning.quality.QualityRecords;
import io.dienstream.schema.ModelQuality;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Pictures of online quality. */
public final class QualityPlots {
    private static final double MS_AN_HOUR = 3_600_000;
    private static final double FEWEST_CLICKS = 5;

    private QualityPlots() {}

    /** Writes reliability.png and auc.png, and each as SVG, into {@code directory}. */
    public static void save(
            List<ModelQuality> windows, Map<QualityLog.Line, QualitySums> lines, Path directory)
            throws IOException {
        Plots.save(reliability(lines), directory, "reliability");
        Plots.save(course(windows), directory, "auc");
    }

    private static String name(QualityLog.Line line) {
        return "%s %s %s".formatted(line.version(), line.arm(), line.segment());
    }

    /** Click rate against prediction by bucket of the logit; the diagonal is a calibrated model. */
    private static XYChart reliability(Map<QualityLog.Line, QualitySums> lines) {
        Map<String, Map<Double, Double>> points = new LinkedHashMap<>();
        double least = 1;
        double most = 1e-6;
        for (Map.Entry<QualityLog.Line, QualitySums> entry : lines.entrySet()) {
            Map<Double, Double> own = new TreeMap<>();
            for (Reliability r : Reliability.of(entry.getValue().sketch())) {
                if (r.clicks() >= FEWEST_CLICKS) {
                    double predicted = r.predicted() / r.impressions();
                    own.put(predicted, r.clicks() / r.impressions());
                    least = Math.min(least, predicted);
                    most = Math.max(most, predicted);
                }
            }
            if (!own.isEmpty()) {
                points.put(name(entry.getKey()), own);
            }
        }
        XYChart chart = Plots.lines("Reliability", "pCTR", "click rate", points, true);
        chart.addSeries("calibrated", new double[] {least, most}, new double[] {least, most})
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(Color.LIGHT_GRAY);
        return chart;
    }

    /** AUC of each window, by hours since the first. */
    private static XYChart course(List<ModelQuality> windows) throws IOException {
        Map<String, Map<Double, Double>> lines = new LinkedHashMap<>();
        long first = windows.isEmpty() ? 0 : windows.get(0).getWindowStart();
        for (ModelQuality q : windows) {
            double auc = QualityRecords.sums(q).sketch().auc();
            if (!Double.isNaN(auc)) {
                lines.computeIfAbsent(name(QualityLog.Line.of(q)), n -> new TreeMap<>())
                        .put((q.getWindowStart() - first) / MS_AN_HOUR, auc);
            }
        }
        return Plots.lines("AUC by window", "hours", "AUC", lines, false);
    }
}
