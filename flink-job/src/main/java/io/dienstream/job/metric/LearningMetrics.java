package io.dienstream.job.metric;

import static io.dienstream.job.metric.Metric.counter;
import static io.dienstream.job.metric.Metric.gauge;
import static io.dienstream.job.metric.Metric.histogram;

import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

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
    public static final Metric SERVED =
            counter("labels.requests", "requests that the join knows as they were scored");

    public static final Metric SERVED_REPEATED =
            counter("labels.requests-repeated", "such requests that came again");

    public static final Metric UNSHOWN =
            counter("labels.requests-unshown", "requests that were let go without an impression");

    public static final Metric IMPRESSIONS = counter("labels.impressions", "valid impressions");

    public static final Metric IMPLIED =
            counter(
                    "labels.impressions-implied",
                    "impressions that only a click tells of; many: impressions are lost");

    public static final Metric IMPRESSIONS_REFUSED =
            counter(
                    "labels.impressions-refused",
                    "impressions that the join sent to the dead letters");

    public static final Metric IMPRESSIONS_REPEATED =
            counter("labels.impressions-repeated", "impressions that came again");

    public static final Metric WAITING =
            gauge("labels.impressions-waiting", "impressions whose labels are to come");

    public static final Metric FINAL =
            counter("labels.final", "candidates whose labels became final");

    public static final Metric CLICKED = counter("labels.final-clicked", "of these, with a click");

    public static final Metric CLICKS = counter("labels.clicks", "valid clicks");

    public static final Metric CLICKS_REFUSED =
            counter("labels.clicks-refused", "clicks that the join sent to the dead letters");

    public static final Metric CLICKS_REPEATED =
            counter("labels.clicks-repeated", "clicks on what was clicked already");

    public static final Metric CLICKS_TOO_LATE =
            counter(
                    "labels.clicks-too-late",
                    "clicks more than labels.correction-wait after the impression");

    public static final Metric CORRECTIONS =
            counter("labels.corrections", "labels corrected after they were final");

    public static final Metric CLICK_DELAY =
            histogram("labels.click-delay-ms", "ms from an impression to its first click");

    public static final Metric COVERAGE =
            gauge(
                    "labels.click-coverage",
                    "F(W): share of the clicks within labels.correction-wait that came"
                            + " within labels.wait, of impressions for which both are over;"
                            + " NaN before there is one");

    public static final Metric COVERAGE_CLICKS =
            gauge(
                    "labels.click-coverage-clicks",
                    "clicks that this share is of; they count half when they are 20,000");

    private static final String DELAY_BOUND = "delay-bound-s";
    private static final String CLICKS_WITHIN = "labels.clicks-within";

    public static final Metric DELAY_CURVE =
            counter(
                    DELAY_BOUND + ".SECONDS." + CLICKS_WITHIN,
                    "first clicks at most so many seconds (1, 2, 4, ... 131072) after the"
                            + " impression, of impressions for which"
                            + " labels.correction-wait is over: the delay curve");

    private static final String TOPIC = "topic";
    private static final String BEHIND = "labels.behind-ms";

    public static final Metric BEHIND_MS =
            gauge(
                    TOPIC + ".TOPIC." + BEHIND,
                    "ms from a topic's event time to the clock; labels wait for the topic"
                            + " that is furthest behind; alert on a click topic that stands"
                            + " still");

    public static final Metric EXAMPLES = counter("examples.requests", "training examples written");

    public static final Metric WRITTEN = counter("examples.written", "candidates in them");

    public static final Metric SAMPLED_OUT =
            counter("examples.sampled-out", "negatives left out, examples.negative-rate");

    public static final Metric OVERSIZE =
            counter("examples.oversize", "candidates of examples that are too large");

    /** Seconds, 1 to 131,072 (36 h): the delay curve's points. */
    public static final int DELAY_BOUNDS = 18;

    /** The whole table, in the order of the reference. */
    public static final List<Metric> ALL =
            List.of(
                    SERVED,
                    SERVED_REPEATED,
                    UNSHOWN,
                    IMPRESSIONS,
                    IMPLIED,
                    IMPRESSIONS_REFUSED,
                    IMPRESSIONS_REPEATED,
                    WAITING,
                    FINAL,
                    CLICKED,
                    CLICKS,
                    CLICKS_REFUSED,
                    CLICKS_REPEATED,
                    CLICKS_TOO_LATE,
                    CORRECTIONS,
                    CLICK_DELAY,
                    COVERAGE,
                    COVERAGE_CLICKS,
                    DELAY_CURVE,
                    BEHIND_MS,
                    EXAMPLES,
                    WRITTEN,
                    SAMPLED_OUT,
                    OVERSIZE);

    private LearningMetrics() {}

    /** The delay curve: counts of clicks within 2^n seconds, n from 0. */
    public static Counter[] delayCurve(MetricGroup operator) {
        MetricGroup group = Metric.group(operator);
        Counter[] within = new Counter[DELAY_BOUNDS];
        for (int n = 0; n < within.length; n++) {
            within[n] =
                    group.addGroup(DELAY_BOUND, Integer.toString(1 << n)).counter(CLICKS_WITHIN);
        }
        return within;
    }

    /** Exposes {@link #BEHIND_MS} of {@code topic}. */
    public static void behind(MetricGroup operator, String topic, Gauge<Long> ms) {
        Metric.group(operator).addGroup(TOPIC, topic).gauge(BEHIND, ms);
    }
}
