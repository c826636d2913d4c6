package io.dienstream.job.metric;

import io.dienstream.job.metric.ScoringMetrics.Metric;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * The learning job's metrics, in the group {@code dien} below Flink's operator scope. Of the join,
 * at any time:
 *
 * <pre>
 * impressions + implied = final + waiting + refused + repeated
 * final = written + sampled out + oversize
 * </pre>
 */
public final class LearningMetrics {
    public static final String SERVED = "labels.requests";
    public static final String SERVED_REPEATED = "labels.requests-repeated";
    public static final String UNSHOWN = "labels.requests-unshown";
    public static final String IMPRESSIONS = "labels.impressions";
    public static final String IMPLIED = "labels.impressions-implied";
    public static final String IMPRESSIONS_REFUSED = "labels.impressions-refused";
    public static final String IMPRESSIONS_REPEATED = "labels.impressions-repeated";
    public static final String WAITING = "labels.impressions-waiting";
    public static final String FINAL = "labels.final";
    public static final String CLICKED = "labels.final-clicked";
    public static final String CLICKS = "labels.clicks";
    public static final String CLICKS_REFUSED = "labels.clicks-refused";
    public static final String CLICKS_REPEATED = "labels.clicks-repeated";
    public static final String CLICKS_TOO_LATE = "labels.clicks-too-late";
    public static final String CORRECTIONS = "labels.corrections";
    public static final String CLICK_DELAY = "labels.click-delay-ms";
    public static final String COVERAGE = "labels.click-coverage";
    public static final String COVERAGE_CLICKS = "labels.click-coverage-clicks";
    public static final String DELAY_BOUND = "delay-bound-s";
    public static final String DELAY_CLICKS = "labels.clicks-within";
    public static final String TOPIC = "topic";
    public static final String BEHIND_MS = "labels.behind-ms";
    public static final String EXAMPLES = "examples.requests";
    public static final String WRITTEN = "examples.written";
    public static final String SAMPLED_OUT = "examples.sampled-out";
    public static final String OVERSIZE = "examples.oversize";

    /** Seconds, 1 to 131,072 (36 h): the delay curve's points. */
    public static final int DELAY_BOUNDS = 18;

    /** The whole table. */
    public static final List<Metric> ALL =
            List.of(
                    new Metric(
                            SERVED, "counter", "requests that the join knows as they were scored"),
                    new Metric(SERVED_REPEATED, "counter", "such requests that came again"),
                    new Metric(
                            UNSHOWN, "counter", "requests that were let go without an impression"),
                    new Metric(IMPRESSIONS, "counter", "valid impressions"),
                    new Metric(
                            IMPLIED,
                            "counter",
                            "impressions that only a click tells of; many: impressions are lost"),
                    new Metric(
                            IMPRESSIONS_REFUSED,
                            "counter",
                            "impressions that the join sent to the dead letters"),
                    new Metric(IMPRESSIONS_REPEATED, "counter", "impressions that came again"),
                    new Metric(WAITING, "gauge", "impressions whose labels are to come"),
                    new Metric(FINAL, "counter", "candidates whose labels became final"),
                    new Metric(CLICKED, "counter", "of these, with a click"),
                    new Metric(CLICKS, "counter", "valid clicks"),
                    new Metric(
                            CLICKS_REFUSED,
                            "counter",
                            "clicks that the join sent to the dead letters"),
                    new Metric(CLICKS_REPEATED, "counter", "clicks on what was clicked already"),
                    new Metric(
                            CLICKS_TOO_LATE,
                            "counter",
                            "clicks more than labels.correction-wait after the impression"),
                    new Metric(CORRECTIONS, "counter", "labels corrected after they were final"),
                    new Metric(
                            CLICK_DELAY, "histogram", "ms from an impression to its first click"),
                    new Metric(
                            COVERAGE,
                            "gauge",
                            "F(W): share of the clicks within labels.correction-wait that came"
                                    + " within labels.wait, of impressions for which both are over;"
                                    + " NaN before there is one"),
                    new Metric(
                            COVERAGE_CLICKS,
                            "gauge",
                            "clicks that this share is of; they count half when they are 20,000"),
                    new Metric(
                            DELAY_BOUND + ".SECONDS." + DELAY_CLICKS,
                            "counter",
                            "first clicks at most so many seconds (1, 2, 4, ... 131072) after the"
                                    + " impression, of impressions for which"
                                    + " labels.correction-wait is over: the delay curve"),
                    new Metric(
                            TOPIC + ".TOPIC." + BEHIND_MS,
                            "gauge",
                            "ms from a topic's event time to the clock; labels wait for the topic"
                                    + " that is furthest behind; alert on a click topic that stands"
                                    + " still"),
                    new Metric(EXAMPLES, "counter", "training examples written"),
                    new Metric(WRITTEN, "counter", "candidates in them"),
                    new Metric(
                            SAMPLED_OUT, "counter", "negatives left out, examples.negative-rate"),
                    new Metric(OVERSIZE, "counter", "candidates of examples that are too large"));

    private final MetricGroup group;

    public LearningMetrics(MetricGroup operator) {
        group = operator.addGroup(ScoringMetrics.GROUP);
    }

    /** One of this table's counters. */
    public Counter counter(String name) {
        return group.counter(name);
    }

    /** Exposes what is kept elsewhere. */
    public void gauge(String name, Gauge<? extends Number> value) {
        group.gauge(name, value);
    }

    /** {@link #CLICK_DELAY}, of the last 10,000 clicks. */
    public Histogram clickDelay() {
        return group.histogram(CLICK_DELAY, new DescriptiveStatisticsHistogram(10_000));
    }

    /** The delay curve: counts of clicks within 2^n seconds, n from 0. */
    public Counter[] delayCurve() {
        Counter[] within = new Counter[DELAY_BOUNDS];
        for (int n = 0; n < within.length; n++) {
            within[n] = group.addGroup(DELAY_BOUND, Integer.toString(1 << n)).counter(DELAY_CLICKS);
        }
        return within;
    }

    /** Exposes {@link #BEHIND_MS} of {@code topic}. */
    public void behind(String topic, Gauge<Long> ms) {
        group.addGroup(TOPIC, topic).gauge(BEHIND_MS, ms);
    }
}
