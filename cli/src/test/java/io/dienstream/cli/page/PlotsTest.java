package io.dienstream.cli.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Graphics2D;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.Chart;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

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

    @Test
    void namesAreTextInEveryPicture() throws Exception {
        String name = "<script>alert(1)</script>\"onload='x\u001b]0;x\u0007\n\u202e";
        String shown = "<script>alert(1)</script>\"onload='x\\u001b]0;x\\u0007\\u000a\\u202e";
        Map<Double, Double> points = Map.of(1.0, 1.0, 2.0, 3.0);
        XYChart lines = Plots.lines(name, name, name, Map.of(name, points), false);
        assertThat(lines.getTitle()).isEqualTo(shown);
        assertThat(lines.getXAxisTitle()).isEqualTo(shown);
        assertThat(lines.getYAxisTitle()).isEqualTo(shown);
        assertThat(lines.getSeriesMap()).containsOnlyKeys(shown);
        XYChart paths = (XYChart) PathsPlot.of("p", List.of(name), new double[][][] {{{0, 0}}});
        assertThat(paths.getSeriesMap()).containsOnlyKeys(shown, shown + " way");
        String cut = shown.substring(0, 47) + "…";
        HeatMapChart attention =
                (HeatMapChart) Plots.attention(List.of(name), List.of(name), new float[][] {{1}});
        assertThat(attention.getHeatMapSeries().getXData()).isEqualTo(List.of(cut));
        assertThat(attention.getHeatMapSeries().getYData()).isEqualTo(List.of(cut));
        CategoryChart comparison =
                (CategoryChart)
                        CategoryPlots.comparison(
                                name, name, List.of(name), List.of(0.5), List.of(0.1));
        assertThat(comparison.getTitle()).isEqualTo(shown);
        for (Chart<?, ?> chart : List.of(lines, paths, attention, comparison)) {
            assertInert(Plots.svg(chart));
        }
    }

    /** A legend of 43 % would be read off wrongly; 50 % is where the color ends. */
    @ParameterizedTest
    @CsvSource({
        "0.43, 0.5",
        "0.5, 0.5",
        "0.25, 0.3",
        "0.1, 0.1",
        "1, 1.0",
        "0.034, 0.04",
        "0, 0.01"
    })
    void theLegendOfAttentionEndsInAWholeShare(float strongest, String end) {
        HeatMapChart chart =
                (HeatMapChart)
                        Plots.attention(
                                List.of("ad"), List.of("a", "b"), new float[][] {{0, strongest}});
        // as the legend prints it
        assertThat(String.valueOf(chart.getStyler().getMax())).isEqualTo(end);
    }

    @Test
    void theNightHasItsOwnColorsAndLeavesTheChartAsItWas() throws IOException {
        XYChart chart =
                Plots.lines("t", "x", "y", Map.of("line", Map.of(1.0, 1.0, 2.0, 3.0)), false);
        String before = Plots.svg(chart);
        assertThat(Plots.darkSvg(chart)).isNotEqualTo(before).contains("rgb(22,24,28)");
        assertThat(Plots.svg(chart)).isEqualTo(before);
    }

    /** Of several kinds, by Java's version and by what was tried before. */
    @Test
    void aMachineWithoutFontsIsToldSo() {
        RuntimeException newer = new RuntimeException("Fontconfig head is null");
        newer.setStackTrace(
                new StackTraceElement[] {
                    new StackTraceElement("sun.awt.FontConfiguration", "getVersion", null, 1)
                });
        for (Throwable e :
                List.of(new NoClassDefFoundError("sun/font"), new InternalError("x"), newer)) {
            assertThatThrownBy(() -> Plots.svg(failing(e)))
                    .isInstanceOf(NoFontsException.class)
                    .hasMessageContaining("finds no fonts")
                    .hasCause(e);
        }
    }

    /** It would send whoever reads it to install fonts. */
    @Test
    void whatElseFailsIsToldAsWhatItIs() {
        RuntimeException e = new IllegalArgumentException("Y-Axis data cannot be empty");
        assertThatThrownBy(() -> Plots.svg(failing(e))).isSameAs(e);
    }

    private static XYChart failing(Throwable e) {
        return new XYChart(100, 100) {
            @Override
            public void paint(Graphics2D g, int width, int height) {
                if (e instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) e;
            }
        };
    }

    /**
     * What draws the pictures writes well-formed ones, without elements and attributes that run.
     */
    private static void assertInert(String svg) throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        NodeList all = document.getElementsByTagName("*");
        assertThat(all.getLength()).isGreaterThan(10);
        for (int i = 0; i < all.getLength(); i++) {
            assertThat(((Element) all.item(i)).hasAttribute("onload")).isFalse();
        }
    }
}
