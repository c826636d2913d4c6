package io.dienstream.datasets.report;

import io.dienstream.cli.page.Plots;
import io.dienstream.evaluation.Quality;
import java.awt.Color;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How predictions stand to what was clicked. */
public final class ReliabilityPlot {
    private ReliabilityPlot() {}

    /** Click rate against prediction; the diagonal is a calibrated model. */
    public static Chart<?, ?> of(Map<String, Quality> models) {
        XYChart chart =
                Plots.xy("Reliability", "mean pCTR of a tenth of the examples", "click rate");
        double end = 0;
        for (Quality q : models.values()) {
            for (Quality.Bin b : q.bins()) {
                end = Math.max(end, Math.max(b.predicted(), b.observed()));
            }
        }
        XYSeries diagonal =
                chart.addSeries("calibrated", new double[] {0, end}, new double[] {0, end});
        diagonal.setMarker(SeriesMarkers.NONE).setLineColor(Color.LIGHT_GRAY);
        models.forEach(
                (name, q) ->
                        chart.addSeries(
                                "model "
                                        + Plots.label(
                                                name), // whatever it is called, not the diagonal's
                                // name
                                q.bins().stream().mapToDouble(Quality.Bin::predicted).toArray(),
                                q.bins().stream().mapToDouble(Quality.Bin::observed).toArray()));
        return chart;
    }
}
