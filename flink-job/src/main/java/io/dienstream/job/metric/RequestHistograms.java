package io.dienstream.job.metric;

import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What the scoring operator alone measures, under the names of {@link ScoringMetrics}. Elsewhere
 * they would be empty, and an empty histogram's quantiles are what an alert on the least of them
 * sees.
 */
public final class RequestHistograms {
    private static final int WINDOW = 10_000;

    private final MetricGroup group;

    public final Histogram scoringMicros;
    public final Histogram ageMs;
    public final Histogram freshnessMs;
    public final Histogram historyLength;
    public final Histogram pctrMillionths;

    public RequestHistograms(MetricGroup operator) {
        group = operator.addGroup(ScoringMetrics.GROUP);
        scoringMicros = histogram(ScoringMetrics.SCORING_MICROS);
        ageMs = histogram(ScoringMetrics.AGE_MS);
        freshnessMs = histogram(ScoringMetrics.FRESHNESS_MS);
        historyLength = histogram(ScoringMetrics.HISTORY_LENGTH);
        pctrMillionths = histogram(ScoringMetrics.PCTR_MILLIONTHS);
    }

    private Histogram histogram(String name) {
        return group.histogram(name, new DescriptiveStatisticsHistogram(WINDOW));
    }
}
