package io.dienstream.job.record;

import io.dienstream.dien.history.InterestHistory;

/**
 * A request with the history it must be scored against.
 *
 * @param history of the user; owned by the task until it is scored
 * @param prefix how many of the oldest behaviors the request sees
 * @param late whether the watermark had passed the request when it came
 * @param model the version that computed the history's interest states, and scores them
 */
public record ScoringTask(
        InboundRecord request,
        InterestHistory history,
        int prefix,
        boolean late,
        ModelStamp model) {
    /** Of tasks that were written before they told it: no model's. */
    public static final long UNTOLD = 0;

    /** A task of the job's own model. */
    public ScoringTask(
            InboundRecord request,
            InterestHistory history,
            int prefix,
            boolean late,
            long modelFingerprint) {
        this(request, history, prefix, late, ModelStamp.configured(modelFingerprint));
    }

    /** Of the model that computed the history's interest states. */
    public long modelFingerprint() {
        return model.fingerprint();
    }
}
