package io.dienstream.operate.quality;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.cli.terminal.Printable;
import io.dienstream.evaluation.online.QualitySums;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Figures of versions as people and programs read them. */
public final class QualityTable {
    private static final double QUANTILE = 1.96;
    private static final double MICROS = 1e6;

    private QualityTable() {}

    /**
     * A line for each of {@code lines}; intervals are of 95 %. A figure that there is not, as all
     * but the log loss where nobody has clicked, is a dash.
     */
    public static void print(Map<QualityLog.Line, QualitySums> lines, PrintWriter out) {
        out.printf(
                "%-20s %-9s %-14s %12s %9s %8s %17s %7s %7s %8s %22s %10s%n",
                "version",
                "arm",
                "segment",
                "impressions",
                "clicks",
                "CTR",
                "AUC",
                "GAUC",
                "NE",
                "log loss",
                "calibration",
                "eCPM");
        lines.forEach(
                (line, s) ->
                        out.printf(
                                Locale.ROOT,
                                "%-20s %-9s %-14s %,12.0f %,9.0f %8s %17s %7s %7s %8s %22s %10s%n",
                                Printable.of(line.version()),
                                Printable.of(line.arm()),
                                Printable.of(line.segment()),
                                s.impressions(),
                                s.clicks(),
                                figures("%.3f%%", 100 * s.ctr()),
                                figures(
                                        "%.4f +- %.4f",
                                        s.sketch().auc(),
                                        QUANTILE * s.sketch().aucDeviation()
                                                + s.sketch().aucError()),
                                figures("%.4f", s.gauc()),
                                figures("%.4f", s.normalizedEntropy()),
                                figures("%.5f", s.meanLogLoss()),
                                figures(
                                        "%.3f [%.3f, %.3f]",
                                        s.calibration(),
                                        s.calibration() / s.clickFactor(),
                                        s.calibration() * s.clickFactor()),
                                money(s)));
    }

    private static String figures(String format, Double... values) {
        boolean isThere = Stream.of(values).allMatch(v -> Double.isFinite(v));
        return isThere ? String.format(Locale.ROOT, format, (Object[]) values) : "-";
    }

    private static String money(QualitySums s) {
        String currency = s.totals().currency();
        return currency == null || currency.isEmpty()
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%.3f %s",
                        s.revenuePerMilleMicros() / MICROS,
                        Printable.of(currency));
    }

    /** The same as JSON; figures that there are not are null. */
    public static ArrayNode json(Map<QualityLog.Line, QualitySums> lines) {
        ArrayNode array = new ObjectMapper().createArrayNode();
        lines.forEach(
                (line, s) -> {
                    ObjectNode node = array.addObject();
                    node.put("model", line.model());
                    node.put("version", line.version());
                    node.put("fingerprint", line.fingerprint());
                    node.put("arm", line.arm());
                    node.put("segment", line.segment());
                    put(node, "impressions", s.impressions());
                    put(node, "clicks", s.clicks());
                    put(node, "ctr", s.ctr());
                    put(node, "auc", s.sketch().auc());
                    put(node, "auc_deviation", s.sketch().aucDeviation());
                    put(node, "auc_error", s.sketch().aucError());
                    put(node, "gauc", s.gauc());
                    put(node, "normalized_entropy", s.normalizedEntropy());
                    put(node, "log_loss", s.meanLogLoss());
                    put(node, "calibration", s.calibration());
                    put(node, "click_factor", s.clickFactor());
                    put(node, "revenue_per_mille_micros", s.revenuePerMilleMicros());
                    node.put("currency", s.totals().currency());
                });
        return array;
    }

    private static void put(ObjectNode node, String name, double value) {
        node.put(name, Double.isFinite(value) ? (Double) value : null);
    }
}
