package io.dienstream.train.report;

import io.dienstream.cli.page.Plots;
import io.dienstream.train.fit.EpochReport;
import io.dienstream.train.fit.LossCurve;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How a training went, step by step and epoch by epoch. */
final class TrainingCurves {
    private TrainingCurves() {}

    /**
     * Losses by step, and by epoch where they are measured so.
     *
     * @param points none where a checkpoint of an older release was finished
     */
    static Chart<?, ?> loss(List<LossCurve.Point> points, List<EpochReport> epochs) {
        XYChart chart = Plots.xy("Loss", "step", "loss");
        if (!points.isEmpty()) {
            steps(points, epochs, chart);
        }
        if (epochs.stream().allMatch(e -> e.validationLogloss() != null)) {
            chart.addSeries(
                            "validation log loss, after each epoch",
                            epochs.stream().mapToDouble(EpochReport::steps).toArray(),
                            epochs.stream().mapToDouble(EpochReport::validationLogloss).toArray())
                    .setMarker(SeriesMarkers.DIAMOND);
        }
        return chart;
    }

    private static void steps(
            List<LossCurve.Point> points, List<EpochReport> epochs, XYChart chart) {
        double[] steps = points.stream().mapToDouble(LossCurve.Point::step).toArray();
        plain(
                chart.addSeries(
                        "training",
                        steps,
                        points.stream().mapToDouble(LossCurve.Point::loss).toArray()));
        if (epochs.stream().allMatch(e -> e.auxiliaryLoss() != null)) {
            plain(
                    chart.addSeries(
                            "of it auxiliary, unweighted",
                            steps,
                            points.stream().mapToDouble(LossCurve.Point::auxiliary).toArray()));
        }
    }

    private static void plain(XYSeries series) {
        series.setMarker(SeriesMarkers.NONE).setLineWidth(1);
    }

    /** Validation AUC by epoch; only where every epoch was measured. */
    static Chart<?, ?> auc(List<EpochReport> epochs) {
        XYChart chart = Plots.xy("Validation AUC", "epoch", "AUC");
        chart.getStyler().setXAxisDecimalPattern("0").setYAxisDecimalPattern("0.0000");
        chart.addSeries(
                "validation users",
                epochs.stream().mapToDouble(EpochReport::epoch).toArray(),
                epochs.stream().mapToDouble(EpochReport::validationAuc).toArray());
        return chart;
    }
}
