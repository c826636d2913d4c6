package io.dienstream.job.learning.join;

import io.dienstream.job.metric.LearningMetrics;
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
        LearningMetrics metrics = new LearningMetrics(operator);
        served = counter(metrics, LearningMetrics.SERVED);
        servedRepeated = counter(metrics, LearningMetrics.SERVED_REPEATED);
        unshown = counter(metrics, LearningMetrics.UNSHOWN);
        impressions = counter(metrics, LearningMetrics.IMPRESSIONS);
        implied = counter(metrics, LearningMetrics.IMPLIED);
        impressionsRefused = counter(metrics, LearningMetrics.IMPRESSIONS_REFUSED);
        impressionsRepeated = counter(metrics, LearningMetrics.IMPRESSIONS_REPEATED);
        labels = counter(metrics, LearningMetrics.FINAL);
        clicked = counter(metrics, LearningMetrics.CLICKED);
        clicks = counter(metrics, LearningMetrics.CLICKS);
        clicksRefused = counter(metrics, LearningMetrics.CLICKS_REFUSED);
        clicksRepeated = counter(metrics, LearningMetrics.CLICKS_REPEATED);
        clicksTooLate = counter(metrics, LearningMetrics.CLICKS_TOO_LATE);
        corrections = counter(metrics, LearningMetrics.CORRECTIONS);
        delays = metrics.clickDelay();
        within = metrics.delayCurve();
        metrics.gauge(LearningMetrics.WAITING, counts::waiting);
        metrics.gauge(LearningMetrics.COVERAGE, counts::coverage);
        metrics.gauge(LearningMetrics.COVERAGE_CLICKS, counts::coverageClicks);
    }

    private Counter counter(LearningMetrics metrics, String name) {
        Counter counter = metrics.counter(name);
        all.put(name, counter);
        return counter;
    }

    /** Every counter's value, by name. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        all.forEach((name, counter) -> counts.put(name, counter.getCount()));
        return counts;
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
