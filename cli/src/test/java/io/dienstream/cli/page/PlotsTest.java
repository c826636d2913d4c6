package io.dienstream.cli.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.knowm.xchart.XYChart;

class PlotsTest {
    /** Powers of ten alone are labelled, so both ends are, and they are not the same. */
    @ParameterizedTest
    @CsvSource({"13, 960, 10, 1000", "20, 30, 10, 100", "1000, 1000, 1000, 10000"})
    void aLogarithmicAxisRunsOverWholeDecades(double a, double b, double from, double to)
            throws IOException {
        Map<String, Map<Double, Double>> lines = Map.of("line", Map.of(1.0, a, 100.0, b));
        XYChart chart = Plots.lines("title", "candidates", "µs", lines, true);
        assertThat(chart.getStyler().getYAxisMin()).isEqualTo(from);
        assertThat(chart.getStyler().getYAxisMax()).isEqualTo(to);
        assertThat(Plots.svg(chart)).startsWith("<svg");
    }
}
