package io.dienstream.bench.join;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.metric.LearningMetrics;

/**
 * Where impressions are, counted while nothing moves.
 *
 * @param told that the feed gave to the job
 * @param due labels that are final by the feed's own times and the watermark
 * @param impressions that the join has counted
 * @param implied impressions that only a click told of
 * @param labels that became final
 * @param waiting for their labels
 * @param refused that went to the dead letters
 * @param repeated that came again
 * @param written candidates in examples
 * @param sampledOut negatives that were left out
 * @param oversize candidates of examples that were too large
 * @param clicks that the feed gave to the job
 * @param corrections of labels that were final
 */
public record JoinBalance(
        long told,
        long due,
        long impressions,
        long implied,
        long labels,
        long waiting,
        long refused,
        long repeated,
        long written,
        long sampledOut,
        long oversize,
        long clicks,
        long corrections) {

    static JoinBalance of(JoinJob job, long due) {
        return new JoinBalance(
                job.pace.emitted(LearningRecord.Kind.IMPRESSION),
                due,
                JoinJob.count(LearningMetrics.IMPRESSIONS),
                JoinJob.count(LearningMetrics.IMPLIED),
                JoinJob.count(LearningMetrics.FINAL),
                JoinJob.count(LearningMetrics.WAITING),
                JoinJob.count(LearningMetrics.IMPRESSIONS_REFUSED),
                JoinJob.count(LearningMetrics.IMPRESSIONS_REPEATED),
                JoinJob.count(LearningMetrics.WRITTEN),
                JoinJob.count(LearningMetrics.SAMPLED_OUT),
                JoinJob.count(LearningMetrics.OVERSIZE),
                job.pace.emitted(LearningRecord.Kind.CLICK),
                JoinJob.count(LearningMetrics.CORRECTIONS));
    }

    /**
     * Whether every impression is in an example, waits or was set aside, and exactly the labels
     * that are due are final.
     */
    @JsonProperty("right")
    public boolean isRight() {
        return impressions == told
                && labels == due
                && impressions + implied == labels + waiting + refused + repeated
                && labels == written + sampledOut + oversize;
    }
}
