package io.dienstream.job.learning.quality;

import io.dienstream.job.learning.record.JoinedCorrection;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Clicks on impressions whose labels were final without them. */
public final class ScoredCorrections extends ProcessFunction<JoinedCorrection, ScoredImpression> {
    private static final long serialVersionUID = 1;

    @Override
    public void processElement(
            JoinedCorrection joined, Context context, Collector<ScoredImpression> out) {
        out.collect(ScoredImpression.of(joined.correction()));
    }
}
