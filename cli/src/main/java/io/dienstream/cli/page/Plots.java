package io.dienstream.cli.page;

import io.dienstream.cli.terminal.Printable;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.dien.file.OutputDirectory;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The project's pictures, as PNG and SVG. */
public final class Plots {
    static final int WIDTH = 760;
    static final int HEIGHT = 420;
    private static final int LEGEND_LINE = 24;
    private static final int ROW = 26;
    private static final int LABEL = 48;
    private static final double LETTER = 7.5;

    /** CJK and what lies behind it. */
    private static final int WIDE = 0x2E80;

    private static final double ROUNDING = 1e-6;

    /**
     * Colors that people with any color vision tell apart, on white and on black, by M. Okabe and
     * K. Ito (2008): blue, vermillion, green, purple, orange, sky blue.
     */
    private static final Color[] SERIES = {
        new Color(0x0072B2),
        new Color(0xD55E00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0xE69F00),
        new Color(0x56B4E9)
    };

    private Plots() {}

    static {
        System.setProperty("java.awt.headless", "true");
    }

    /**
     * Attention weights, a row for each candidate.
     *
     * @param candidates names
     * @param behaviors names, oldest first
     * @param weights [N][T]
     */
    public static Chart<?, ?> attention(
            List<String> candidates, List<String> behaviors, float[][] weights) {
        List<String> rows = candidates.stream().map(Plots::shortLabel).toList();
        List<String> columns = behaviors.stream().map(Plots::shortLabel).toList();
        HeatMapChart chart =
                new HeatMapChartBuilder()
                        .width(Math.max(WIDTH, 300 + longest(rows) + 26 * columns.size()))
                        .height(60 + longest(columns) + ROW * rows.size())
                        .title("Attention along the history, oldest first")
                        .build();
        style(chart.getStyler());
        double strongest = 0;
        List<Number[]> cells = new ArrayList<>();
        for (int t = 0; t < behaviors.size(); t++) {
            for (int n = 0; n < candidates.size(); n++) {
                cells.add(new Number[] {t, n, weights[n][t]});
                strongest = Math.max(strongest, weights[n][t]);
            }
        }
        chart.getStyler()
                .setRangeColors(new Color[] {Color.WHITE, new Color(0xFDAE61), new Color(0xA50026)})
                .setMin(0)
                .setMax(rounded(strongest));
        chart.getStyler().setXAxisLabelRotation(90).setPlotContentSize(1);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.addSeries("weight", columns, rows, cells);
        return chart;
    }

    /** What a label of a picture may have; whoever wants all of it reads the page. */
    private static String shortLabel(String text) {
        return shortLabel(text, LABEL);
    }

    /**
     * The first {@code most} letters of {@code text}, the last of them an ellipsis where it has
     * more.
     */
    public static String shortLabel(String text, int most) {
        String label = label(text);
        int letters = label.codePointCount(0, label.length());
        return letters <= most
                ? label
                : label.substring(0, label.offsetByCodePoints(0, most - 1)) + "…";
    }

    /** About how long the longest is when it is drawn, pixels. */
    private static int longest(List<String> labels) {
        return (int) (LETTER * labels.stream().mapToLong(Plots::width).max().orElse(0));
    }

    /** Letters, those of wide scripts twice. */
    private static long width(String label) {
        return label.codePoints().map(c -> c >= WIDE ? 2 : 1).sum();
    }

    /** The next whole tenth, or where all are small whole hundredth: so a legend ends in one. */
    private static double rounded(double strongest) {
        int parts = strongest > 0.1 + ROUNDING ? 10 : 100;
        return Math.max(1, Math.ceil(strongest * parts - ROUNDING)) / parts;
    }

    /**
     * Lines over a common axis.
     *
     * @param lines y by x, by name of the line
     * @param logarithmic whether both axes are
     */
    public static XYChart lines(
            String title,
            String xTitle,
            String yTitle,
            Map<String, Map<Double, Double>> lines,
            boolean logarithmic) {
        XYChart chart = xy(title, xTitle, yTitle);
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Vertical);
        chart.getStyler().setXAxisLogarithmic(logarithmic).setYAxisLogarithmic(logarithmic);
        if (logarithmic) {
            showWholeDecades(chart.getStyler(), lines.values());
        }
        lines.forEach(
                (name, points) ->
                        chart.addSeries(
                                label(name),
                                points.keySet().stream().mapToDouble(x -> x).toArray(),
                                points.values().stream().mapToDouble(y -> y).toArray()));
        return chart;
    }

    /** Lines of many points, which have no marks. */
    public static Chart<?, ?> courses(
            String title, String xTitle, String yTitle, Map<String, Map<Double, Double>> lines) {
        XYChart chart = lines(title, xTitle, yTitle, lines, false);
        for (XYSeries series : chart.getSeriesMap().values()) {
            series.setMarker(SeriesMarkers.NONE).setLineWidth(1);
        }
        return chart;
    }

    /** Only powers of ten are labelled: a range within one would say nothing. */
    private static void showWholeDecades(
            AxesChartStyler styler, Collection<Map<Double, Double>> lines) {
        DoubleSummaryStatistics y =
                lines.stream()
                        .flatMap(points -> points.values().stream())
                        .mapToDouble(v -> v)
                        .filter(v -> v > 0)
                        .summaryStatistics();
        if (y.getCount() > 0) {
            double from = Math.floor(Math.log10(y.getMin()));
            double to = Math.max(from + 1, Math.ceil(Math.log10(y.getMax())));
            styler.setYAxisMin(Math.pow(10, from)).setYAxisMax(Math.pow(10, to));
        }
    }

    /** An empty chart with two axes, in the style of the others. */
    public static XYChart xy(String title, String xTitle, String yTitle) {
        return xy(title, xTitle, yTitle, 0);
    }

    /**
     * @param below lines of a legend that stands below the plot
     */
    static XYChart xy(String title, String xTitle, String yTitle, int below) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT + below * LEGEND_LINE)
                        .title(label(title))
                        .xAxisTitle(label(xTitle))
                        .yAxisTitle(label(yTitle))
                        .build();
        style(chart.getStyler());
        chart.getStyler().setMarkerSize(6);
        return chart;
    }

    /** A name as a picture shows it: an SVG may hold no control characters. */
    public static String label(String text) {
        return Printable.of(text);
    }

    static List<String> labels(List<String> texts) {
        return texts.stream().map(Plots::label).toList();
    }

    static void style(Styler styler) {
        Tones.LIGHT.paint(styler);
        styler.setSeriesColors(SERIES);
        styler.setLegendPosition(Styler.LegendPosition.OutsideS);
        styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    }

    /** The picture as an SVG element to put into a page. */
    public static String svg(Chart<?, ?> chart) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        draw(
                () ->
                        VectorGraphicsEncoder.saveVectorGraphic(
                                chart, out, VectorGraphicsEncoder.VectorGraphicsFormat.SVG));
        String text = out.toString(StandardCharsets.UTF_8);
        return text.substring(text.indexOf("<svg"));
    }

    /** The same in the colors of a dark page; the chart itself stays as it is. */
    public static String darkSvg(Chart<?, ?> chart) throws IOException {
        Tones.DARK.paint(chart.getStyler());
        try {
            return svg(chart);
        } finally {
            Tones.LIGHT.paint(chart.getStyler());
        }
    }

    /** Writes NAME.png and NAME.svg. */
    public static void save(Chart<?, ?> chart, Path directory, String name) throws IOException {
        OutputDirectory.make(directory);
        CompleteFile.write(directory.resolve(name + ".svg"), svg(chart));
        byte[] picture = png(chart);
        try (CompleteFile png = CompleteFile.create(directory.resolve(name + ".png"))) {
            png.stream().write(picture);
            png.complete();
        }
    }

    private static byte[] png(Chart<?, ?> chart) throws IOException {
        ImageIO.setUseCache(
                false); // else it goes through a file of its own, whose disk may be full
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        draw(() -> BitmapEncoder.saveBitmap(chart, out, BitmapEncoder.BitmapFormat.PNG));
        return out.toByteArray();
    }

    private interface Drawing {
        void run() throws IOException;
    }

    /** A JDK without fonts fails in several ways, none of which says what is missing. */
    private static void draw(Drawing drawing) throws IOException {
        try {
            drawing.run();
        } catch (LinkageError | InternalError e) {
            throw new NoFontsException(e);
        } catch (RuntimeException e) {
            if (isOfFonts(e)) {
                throw new NoFontsException(e);
            }
            throw e;
        }
    }

    /** What JDK 17 wraps into an InternalError, newer ones let through as it is. */
    private static boolean isOfFonts(RuntimeException e) {
        return Arrays.stream(e.getStackTrace())
                .map(StackTraceElement::getClassName)
                .anyMatch(c -> c.startsWith("sun.font.") || c.startsWith("sun.awt.FontConfig"));
    }
}
