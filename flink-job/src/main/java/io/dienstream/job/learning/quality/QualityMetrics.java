package io.dienstream.job.learning.quality;

import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.job.metric.Metric;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;

/**
 * The newest final window of each version and arm as gauges, which go when the version does. Paths
 * are below Flink's operator scope.
 */
public final class QualityMetrics {
    /** {@code dien.model.NAME.version.VERSION.arm.ARM.quality.auc}: of the newest final window. */
    public static final String AUC = "quality.auc";

    /** Likewise: predictions over clicks. */
    public static final String CALIBRATION = "quality.calibration";

    /** Likewise: clicks over impressions. */
    public static final String CTR = "quality.ctr";

    /** Likewise: mean log loss of an impression. */
    public static final String LOG_LOSS = "quality.logloss";

    /** Likewise: log loss over that of who knows the click rate alone. */
    public static final String ENTROPY = "quality.normalized-entropy";

    /** Likewise: clicks, by which the others are worth something. */
    public static final String CLICKS = "quality.clicks";

    public static final Metric TOO_LATE =
            Metric.counter(
                    "quality.too-late", "impressions and corrections whose window was forgotten");

    /** Before each of the names but {@link #TOO_LATE}. */
    private static final String OF_VERSION = "model.NAME.version.VERSION.arm.ARM.";

    /** The whole table. */
    public static final List<Metric> ALL =
            List.of(
                    Metric.gauge(
                            OF_VERSION + AUC,
                            "AUC of the newest window whose labels are final, from bins of the"
                                    + " logit; NaN without a click; goes with the version, as do"
                                    + " the next five; alert on one that drops"),
                    Metric.gauge(
                            OF_VERSION + CALIBRATION,
                            "sum of pCTR over clicks there; a shadow's is too low by nature; alert"
                                    + " on one that drifts"),
                    Metric.gauge(OF_VERSION + CTR, "clicks over impressions there"),
                    Metric.gauge(OF_VERSION + LOG_LOSS, "mean log loss of an impression"),
                    Metric.gauge(
                            OF_VERSION + ENTROPY,
                            "log loss over that of who knows the click rate alone; below 1 is"
                                    + " better than that"),
                    Metric.gauge(
                            OF_VERSION + CLICKS,
                            "clicks there, by which the others are worth something"),
                    TOO_LATE);

    private static final Map<String, ToDoubleFunction<QualitySums>> GAUGES =
            Map.of(
                    AUC, s -> s.sketch().auc(),
                    CALIBRATION, QualitySums::calibration,
                    CTR, QualitySums::ctr,
                    LOG_LOSS, QualitySums::meanLogLoss,
                    ENTROPY, QualitySums::normalizedEntropy,
                    CLICKS, QualitySums::clicks);

    private final MetricGroup group;
    private final Map<List<String>, OfVersion> versions = new HashMap<>();

    QualityMetrics(MetricGroup operator) {
        group = Metric.group(operator);
    }

    /** The figures that gauges read; another thread may read them. */
    private static final class OfVersion {
        private final MetricGroup group;
        private volatile Map<String, Double> figures = Map.of();

        OfVersion(MetricGroup group) {
            this.group = group;
        }
    }

    private static List<String> name(ScoredBy by) {
        return List.of(by.model(), by.version(), by.arm());
    }

    /** Shows the newest window of a version. */
    void show(ScoredBy by, QualitySums sums) {
        OfVersion version = versions.computeIfAbsent(name(by), n -> added(by));
        Map<String, Double> figures = new HashMap<>();
        GAUGES.forEach((gauge, figure) -> figures.put(gauge, figure.applyAsDouble(sums)));
        version.figures = figures;
    }

    private OfVersion added(ScoredBy by) {
        MetricGroup own =
                group.addGroup("model", by.model())
                        .addGroup("version", by.version())
                        .addGroup("arm", by.arm());
        OfVersion version = new OfVersion(own);
        for (String gauge : GAUGES.keySet()) {
            Gauge<Double> value = () -> version.figures.getOrDefault(gauge, Double.NaN);
            own.gauge(gauge, value);
        }
        return version;
    }

    /** Takes the gauges of a version back. */
    void hide(ScoredBy by) {
        OfVersion version = versions.remove(name(by));
        // Flink's own interface has no way to take a metric back
        if (version != null && version.group instanceof AbstractMetricGroup<?> own) {
            own.close();
        }
    }

    /** Whose gauges there are: model, version, arm. */
    List<List<String>> shown() {
        return List.copyOf(versions.keySet());
    }
}
