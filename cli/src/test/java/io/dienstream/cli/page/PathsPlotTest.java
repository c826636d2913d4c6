package io.dienstream.cli.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

class PathsPlotTest {
    private static final double[][] RIGHT = {{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}};
    private static final double[][] UP = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}};

    private static Map<String, XYSeries> series(double[][]... paths) {
        return ((XYChart) PathsPlot.of("paths", List.of("a", "b").subList(0, paths.length), paths))
                .getSeriesMap();
    }

    /** A head's tip lies ahead of its wings, in the direction of the path. */
    @Test
    void arrowsPointToWhereThePathGoes() {
        Map<String, XYSeries> series = series(RIGHT, UP);
        for (int arrow = 1; arrow <= 4; arrow++) {
            double[] x = series.get("a arrow " + arrow).getXData();
            assertThat(x[1]).isGreaterThan(x[0]).isGreaterThan(x[2]);
            double[] y = series.get("b arrow " + arrow).getYData();
            assertThat(y[1]).isGreaterThan(y[0]).isGreaterThan(y[2]);
        }
    }

    @Test
    void aPathHasItsMarkAtItsEndAndALegendOfItsOwn() {
        Map<String, XYSeries> series = series(RIGHT, UP);
        assertThat(series.get("a").getXData()).containsExactly(5);
        assertThat(series.get("b").getYData()).containsExactly(5);
        assertThat(series.get("a").getMarker()).isNotEqualTo(series.get("b").getMarker());
        assertThat(series.get("a").getMarkerColor()).isNotEqualTo(series.get("b").getMarkerColor());
        assertThat(series.get("a way").getLineColor()).isEqualTo(series.get("a").getMarkerColor());
        assertThat(series.values().stream().filter(XYSeries::isShowInLegend)).hasSize(2);
    }

    /** An interest that stays where it is has no direction, and no width either. */
    @Test
    void aPathThatStaysHasNoArrows() {
        assertThat(series(new double[][] {{1, 1}, {1, 1}, {1, 1}})).containsOnlyKeys("a", "a way");
    }
}
