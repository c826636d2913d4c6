package io.dienstream.cli.page;

import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.internal.chartpart.Chart;

/** Pictures of figures that belong to names rather than to a scale. */
public final class CategoryPlots {
    private CategoryPlots() {}

    /**
     * Means of a figure with their intervals, by name.
     *
     * @param figure what the means are of
     * @param halves half the width of each interval, as long as {@code means}; 0 for none
     */
    public static Chart<?, ?> comparison(
            String title,
            String figure,
            List<String> names,
            List<Double> means,
            List<Double> halves) {
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(Plots.WIDTH)
                        .height(Plots.HEIGHT)
                        .title(Plots.label(title))
                        .yAxisTitle(Plots.label(figure))
                        .build();
        Plots.style(chart.getStyler());
        chart.getStyler().setLegendVisible(false).setPlotContentSize(0.95);
        chart.getStyler()
                .setDefaultSeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Scatter);
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < means.size(); i++) {
            low = Math.min(low, means.get(i) - halves.get(i));
            high = Math.max(high, means.get(i) + halves.get(i));
        }
        double margin = Math.max(0.002, (high - low) / 10);
        chart.getStyler().setYAxisMin(low - margin).setYAxisMax(high + margin);
        chart.getStyler().setXAxisLabelRotation(30).setYAxisDecimalPattern("0.000");
        chart.addSeries("AUC", Plots.labels(names), means, halves);
        return chart;
    }

    /**
     * Bars side by side, a group for each of a few cases.
     *
     * @param bars value by case, by what is compared
     */
    public static Chart<?, ?> bars(
            String title, String cases, String figure, Map<String, Map<String, Double>> bars) {
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(Plots.WIDTH)
                        .height(Plots.HEIGHT)
                        .title(Plots.label(title))
                        .xAxisTitle(Plots.label(cases))
                        .yAxisTitle(Plots.label(figure))
                        .build();
        Plots.style(chart.getStyler());
        chart.getStyler().setPlotContentSize(0.95).setYAxisMin(0.0);
        chart.getStyler().setAvailableSpaceFill(0.7);
        bars.forEach(
                (name, values) ->
                        chart.addSeries(
                                Plots.label(name),
                                Plots.labels(List.copyOf(values.keySet())),
                                List.copyOf(values.values())));
        return chart;
    }
}
