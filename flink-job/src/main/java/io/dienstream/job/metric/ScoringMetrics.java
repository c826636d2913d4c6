package io.dienstream.job.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;

/** What the scoring operator counts and measures: answers, candidates, versions. */
public final class ScoringMetrics {
    private final MetricGroup group;

    public final Counter answered;
    public final Counter cold;
    public final Counter expired;
    public final Counter otherModel;
    public final Counter candidates;
    public final Counter unknown;
    public final Histogram scoringMicros;
    public final Histogram ageMs;
    public final Histogram freshnessMs;
    public final Histogram historyLength;
    public final Histogram pctrMillionths;
    public final DeadLetterMetrics deadLetters;
    private final Map<List<String>, OfVersion> versions = new HashMap<>();

    public ScoringMetrics(MetricGroup operator) {
        group = Metric.group(operator);
        answered = JobMetrics.ANSWERED.counterOf(operator);
        cold = JobMetrics.COLD.counterOf(operator);
        expired = JobMetrics.EXPIRED.counterOf(operator);
        otherModel = JobMetrics.OTHER_MODEL.counterOf(operator);
        candidates = JobMetrics.CANDIDATES.counterOf(operator);
        unknown = JobMetrics.UNKNOWN.counterOf(operator);
        scoringMicros = JobMetrics.SCORING_MICROS.histogramOf(operator);
        ageMs = JobMetrics.AGE_MS.histogramOf(operator);
        freshnessMs = JobMetrics.FRESHNESS_MS.histogramOf(operator);
        historyLength = JobMetrics.HISTORY_LENGTH.histogramOf(operator);
        pctrMillionths = JobMetrics.PCTR_MILLIONTHS.histogramOf(operator);
        deadLetters = DeadLetterMetrics.of(operator);
    }

    /** What is counted of one version, until it is closed as often as it was asked for. */
    public static final class OfVersion implements AutoCloseable {
        private final Counter requests;
        private final MetricGroup group;
        private final Runnable gone;
        private int holders = 1;

        OfVersion(Counter requests, MetricGroup group, Runnable gone) {
            this.requests = requests;
            this.group = group;
            this.gone = gone;
        }

        /** Answers. */
        public Counter requests() {
            return requests;
        }

        /** Takes the version's metrics back, when nobody else counts under its name. */
        @Override
        public void close() {
            holders--;
            if (holders > 0) {
                return;
            }
            gone.run();
            // Flink's own interface has no way to take a metric back
            if (group instanceof AbstractMetricGroup<?> own) {
                own.close();
            }
        }
    }

    /** Says that a model scores, and counts for it. */
    public OfVersion model(String name, String version) {
        List<String> key = List.of(name, version);
        OfVersion known = versions.get(key); // two artifacts may have one name and version
        if (known != null) {
            known.holders++;
            return known;
        }
        Gauge<Integer> one = () -> 1;
        MetricGroup own = group.addGroup("model", name).addGroup("version", version);
        own.gauge(JobMetrics.INFO, one);
        OfVersion added =
                new OfVersion(own.counter(JobMetrics.REQUESTS), own, () -> versions.remove(key));
        versions.put(key, added);
        return added;
    }
}
