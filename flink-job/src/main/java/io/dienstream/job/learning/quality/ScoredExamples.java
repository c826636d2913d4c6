package io.dienstream.job.learning.quality;

import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** The impressions of joined examples, as the version scored them that answered. */
public final class ScoredExamples extends ProcessFunction<JoinedExample, ScoredImpression> {
    private static final long serialVersionUID = 1;

    @Override
    public void processElement(
            JoinedExample joined, Context context, Collector<ScoredImpression> out) {
        TrainingExample example = joined.example();
        ScoredBy by =
                new ScoredBy(
                        example.getModelName(),
                        example.getModelVersion(),
                        // of a job without rollout: it has one version, the live one
                        example.getModelFingerprint() == null ? "" : example.getModelFingerprint(),
                        example.getArm() == null ? ScoredBy.LIVE : example.getArm());
        for (int n = 0; n < example.getCandidates().size(); n++) {
            LabeledCandidate candidate = example.getCandidates().get(n);
            if (candidate.getPctr() != null) {
                out.collect(ScoredImpression.of(example, n, by, candidate.getPctr()));
            }
        }
    }
}
