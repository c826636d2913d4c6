package io.dienstream.job.learning.join;

import io.dienstream.job.metric.LearningMetrics;
import io.dienstream.job.metric.Metric;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;

/** What the join counts. */
final class JoinMetrics {
    final Counter served;
    final Counter servedRepeated;
    final Counter unshown;
    final Counter impressions;
    final Counter implied;
    final Counter impressionsRefused;
    final Counter impressionsRepeated;
    final Counter labels;
    final Counter clicked;
    final Counter clicks;
    final Counter clicksRefused;
    final Counter clicksRepeated;
    final Counter clicksTooLate;
    final Counter corrections;
    private final Map<String, Counter> all = new TreeMap<>();
    private final Histogram delays;
    private final Counter[] within;

    /**
     * @param counts what is exposed as gauges
     */
    JoinMetrics(MetricGroup operator, JoinCounts counts) {
        served = counter(operator, LearningMetrics.SERVED);
        servedRepeated = counter(operator, LearningMetrics.SERVED_REPEATED);
        unshown = counter(operator, LearningMetrics.UNSHOWN);
        impressions = counter(operator, LearningMetrics.IMPRESSIONS);
        implied = counter(operator, LearningMetrics.IMPLIED);
        impressionsRefused = counter(operator, LearningMetrics.IMPRESSIONS_REFUSED);
        impressionsRepeated = counter(operator, LearningMetrics.IMPRESSIONS_REPEATED);
        labels = counter(operator, LearningMetrics.FINAL);
        clicked = counter(operator, LearningMetrics.CLICKED);
        clicks = counter(operator, LearningMetrics.CLICKS);
        clicksRefused = counter(operator, LearningMetrics.CLICKS_REFUSED);
        clicksRepeated = counter(operator, LearningMetrics.CLICKS_REPEATED);
        clicksTooLate = counter(operator, LearningMetrics.CLICKS_TOO_LATE);
        corrections = counter(operator, LearningMetrics.CORRECTIONS);
        delays = LearningMetrics.CLICK_DELAY.histogramOf(operator);
        within = LearningMetrics.delayCurve(operator);
        LearningMetrics.WAITING.expose(operator, counts::waiting);
        LearningMetrics.COVERAGE.expose(operator, counts::coverage);
        LearningMetrics.COVERAGE_CLICKS.expose(operator, counts::coverageClicks);
    }

    private Counter counter(MetricGroup operator, Metric metric) {
        Counter counter = metric.counterOf(operator);
        all.put(metric.name(), counter);
        return counter;
    }

    /** Every counter's value, by name. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        all.forEach((name, counter) -> counts.put(name, counter.getCount()));
        return counts;
    }

    /** How many settled clicks came within so many seconds, a power of two; for tests. */
    long clicksWithin(int seconds) {
        return within[Integer.numberOfTrailingZeros(seconds)].getCount();
    }

    /** A click that has become a label, or a correction of one. */
    void delayMs(AdLabel ad) {
        delays.update(Math.max(0, ad.clickedAt - ad.impressedAt));
    }

    /** A click on an impression that no click can come for any more. */
    void settled(AdLabel ad) {
        long delay = Math.max(0, ad.clickedAt - ad.impressedAt);
        for (int n = 0; n < within.length; n++) {
            if (delay <= 1000L << n) {
                within[n].inc();
            }
        }
    }
}
