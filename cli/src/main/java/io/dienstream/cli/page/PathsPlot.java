package io.dienstream.cli.page;

import java.awt.Color;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Paths in the plane that begin at one point. Arrows show where they go, and a mark of each path's
 * own where it ends.
 */
public final class PathsPlot {
    private static final int ARROWS = 4;
    private static final double ARROW_LENGTH = 0.022;
    private static final double ARROW_WIDTH = 0.4;
    private static final double MARGIN = 0.06;
    private static final float PATH_WIDTH = 1.5f;

    private static final Marker[] ENDS = {
        SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.DIAMOND,
        SeriesMarkers.TRIANGLE_UP, SeriesMarkers.TRIANGLE_DOWN, SeriesMarkers.TRAPEZOID
    };

    private final XYChart chart;
    private final double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
    private final double[] span = new double[2];

    private PathsPlot(String title, double[][][] paths) {
        chart = Plots.xy(title, "first component", "second component", paths.length);
        // names are titles, so each has a line of its own
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Vertical);
        double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (double[][] path : paths) {
            for (double[] point : path) {
                for (int axis = 0; axis < 2; axis++) {
                    low[axis] = Math.min(low[axis], point[axis]);
                    high[axis] = Math.max(high[axis], point[axis]);
                }
            }
        }
        for (int axis = 0; axis < 2; axis++) {
            // a path that does not move has no width of its own
            double width = high[axis] > low[axis] ? high[axis] - low[axis] : 1;
            low[axis] -= MARGIN * width;
            span[axis] = (1 + 2 * MARGIN) * width;
        }
        chart.getStyler().setXAxisMin(low[0]).setXAxisMax(low[0] + span[0]);
        chart.getStyler().setYAxisMin(low[1]).setYAxisMax(low[1] + span[1]);
    }

    /**
     * @param names of the paths
     * @param paths [N][T][2], T at least 1
     */
    public static Chart<?, ?> of(String title, List<String> names, double[][][] paths) {
        PathsPlot plot = new PathsPlot(title, paths);
        for (int n = 0; n < paths.length; n++) {
            plot.path(names.get(n), paths[n], n);
        }
        return plot.chart;
    }

    private void path(String name, double[][] path, int n) {
        Color[] colors = chart.getStyler().getSeriesColors();
        Color color = colors[n % colors.length];
        Marker end = ENDS[n % ENDS.length];
        // the legend shows what stands at the end; the line itself has no mark
        line(name + " way", path, color).setShowInLegend(false);
        double[] last = path[path.length - 1];
        XYSeries mark =
                chart.addSeries(Plots.label(name), new double[] {last[0]}, new double[] {last[1]});
        mark.setMarker(end).setMarkerColor(color).setLineStyle(SeriesLines.NONE);
        for (int arrow = 1; arrow <= ARROWS; arrow++) {
            int at = Math.round((float) arrow * (path.length - 1) / (ARROWS + 1));
            if (at > 0) {
                arrow(name + " arrow " + arrow, path[at - 1], path[at], color);
            }
        }
    }

    /** An arrow's head in the middle between two points; none where they are the same. */
    private void arrow(String name, double[] from, double[] to, Color color) {
        double dx = (to[0] - from[0]) / span[0];
        double dy = (to[1] - from[1]) / span[1];
        double length = Math.hypot(dx, dy);
        if (length == 0) {
            return;
        }
        double ux = dx / length * ARROW_LENGTH;
        double uy = dy / length * ARROW_LENGTH;
        double[] tip = {(from[0] + to[0]) / 2, (from[1] + to[1]) / 2};
        double[][] head = {
            wing(tip, -ux + ARROW_WIDTH * uy, -uy - ARROW_WIDTH * ux),
            tip,
            wing(tip, -ux - ARROW_WIDTH * uy, -uy + ARROW_WIDTH * ux)
        };
        line(name, head, color).setShowInLegend(false);
    }

    private double[] wing(double[] tip, double dx, double dy) {
        return new double[] {tip[0] + dx * span[0], tip[1] + dy * span[1]};
    }

    private XYSeries line(String name, double[][] points, Color color) {
        double[] x = new double[points.length];
        double[] y = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            x[i] = points[i][0];
            y[i] = points[i][1];
        }
        XYSeries series = chart.addSeries(Plots.label(name), x, y);
        series.setMarker(SeriesMarkers.NONE).setLineColor(color).setLineWidth(PATH_WIDTH);
        series.setLineStyle(SeriesLines.SOLID);
        return series;
    }
}
