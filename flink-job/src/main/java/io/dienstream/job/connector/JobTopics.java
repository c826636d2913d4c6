package io.dienstream.job.connector;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import java.util.ArrayList;
import java.util.List;

/**
 * Which topics a job needs, by the options that name them.
 *
 * @param read by its sources
 * @param foreign those of them that others than our own jobs write, so that their sizes are bounded
 * @param written by its sinks, as {@code delivery.guarantee} says
 * @param reported by its sinks, never in transactions
 */
public record JobTopics(
        List<Option<String>> read,
        List<Option<String>> foreign,
        List<Option<String>> written,
        List<Option<String>> reported) {
    /** Of the scoring job. */
    public static JobTopics of(JobOptions options) {
        List<Option<String>> read =
                new ArrayList<>(
                        List.of(JobOptions.BEHAVIORS, JobOptions.REQUESTS, JobOptions.CONTROL));
        List<Option<String>> written =
                new ArrayList<>(List.of(JobOptions.SCORES, JobOptions.DEAD_LETTERS));
        List<Option<String>> reported = new ArrayList<>();
        if (options.get(JobOptions.SERVED_ENABLED)) {
            written.add(JobOptions.SERVED);
        }
        if (options.get(JobOptions.ROLLOUT_ENABLED)) {
            read.add(JobOptions.MODELS);
            reported.add(JobOptions.MODEL_STATUS);
        }
        return new JobTopics(read, read, written, reported);
    }
}
