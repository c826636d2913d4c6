package io.dienstream.operate.rollout;

import io.dienstream.job.option.JobOptions;

/**
 * Where a rollout is told.
 *
 * @param models the jobs' {@code topics.models}
 * @param status the jobs' {@code topics.model-status}
 */
public record RolloutTopics(String models, String status) {
    /** As jobs have them without options. */
    public static final RolloutTopics DEFAULT =
            new RolloutTopics(
                    JobOptions.MODELS.defaultText(), JobOptions.MODEL_STATUS.defaultText());
}
