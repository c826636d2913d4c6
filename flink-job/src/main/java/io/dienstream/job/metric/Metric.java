package io.dienstream.job.metric;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * A metric, declared once: what an operator registers, what docs/reference/metrics.md lists.
 *
 * @param name below the group {@code dien} of Flink's operator scope; a part in capitals is a label
 *     of Prometheus
 * @param type counter, gauge or histogram
 * @param meaning for people: unit, when it grows, whether to alert on it
 */
public record Metric(String name, String type, String meaning) {
    /** Of all metrics, below the operator. */
    static final String GROUP = "dien";

    private static final String COUNTER = "counter";
    private static final String GAUGE = "gauge";
    private static final String HISTOGRAM = "histogram";

    /** Values that a histogram's quantiles are of: the last ones. */
    private static final int WINDOW = 10_000;

    /** What grows. */
    public static Metric counter(String name, String meaning) {
        return new Metric(name, COUNTER, meaning);
    }

    /** What is read when it is asked for. */
    public static Metric gauge(String name, String meaning) {
        return new Metric(name, GAUGE, meaning);
    }

    /** Quantiles of the last 10,000 values. */
    public static Metric histogram(String name, String meaning) {
        return new Metric(name, HISTOGRAM, meaning);
    }

    /** The group that an operator's metrics are in. */
    public static MetricGroup group(MetricGroup operator) {
        return operator.addGroup(GROUP);
    }

    /** Registers this counter for an operator. */
    public Counter counterOf(MetricGroup operator) {
        require(COUNTER);
        return group(operator).counter(name);
    }

    /** Exposes what is kept elsewhere, as this gauge of an operator. */
    public void expose(MetricGroup operator, Gauge<? extends Number> value) {
        require(GAUGE);
        group(operator).gauge(name, value);
    }

    /** Registers this histogram for an operator. */
    public Histogram histogramOf(MetricGroup operator) {
        require(HISTOGRAM);
        return group(operator).histogram(name, new DescriptiveStatisticsHistogram(WINDOW));
    }

    private void require(String asked) {
        if (!type.equals(asked)) {
            throw new IllegalStateException(name + " is a " + type + ", not a " + asked);
        }
    }
}
