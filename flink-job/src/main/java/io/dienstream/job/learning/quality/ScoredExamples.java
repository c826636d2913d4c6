package io.dienstream.job.learning.quality;

import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The impressions of joined examples, as the version scored them that answered. Served records of a
 * job without rollout may not tell which one that was: it has one version, the live one.
 */
public final class ScoredExamples extends ProcessFunction<JoinedExample, ScoredImpression> {
    private static final long serialVersionUID = 1;

    @Override
    public void processElement(
            JoinedExample joined, Context context, Collector<ScoredImpression> out) {
        answered(joined.example(), out);
    }

    /** What the version that answered said of each candidate that was shown. */
    static void answered(TrainingExample e, Collector<ScoredImpression> out) {
        if (e.getModelName() == null) {
            return;
        }
        ScoredBy by =
                new ScoredBy(
                        e.getModelName(),
                        e.getModelVersion(),
                        e.getModelFingerprint() == null ? "" : e.getModelFingerprint(),
                        isLive(e) ? ScoredBy.LIVE : e.getArm());
        for (int n = 0; n < e.getCandidates().size(); n++) {
            LabeledCandidate c = e.getCandidates().get(n);
            boolean isScored = c.getPctr() != null && c.getPctr() >= 0 && c.getPctr() <= 1;
            if (isScored && c.getImpressedAt() != null) {
                out.collect(ScoredImpression.of(e, n, by, c.getPctr()));
            }
        }
    }

    /** Whether the live version answered, and not a candidate. */
    static boolean isLive(TrainingExample e) {
        return e.getArm() == null || e.getArm().equals(ScoredBy.LIVE);
    }
}
