package io.dienstream.bench.stream;

import io.dienstream.job.option.JobOptions;
import java.nio.file.Path;
import java.util.Map;

/**
 * What every case's job is given.
 *
 * @param model artifact with vocabularies
 * @param options of the job, on top of the case's
 * @param flink configuration of Flink, on top of the job's
 */
public record JobSettings(Path model, Map<String, String> options, Map<String, String> flink) {
    /** Whether models change; not where the option's value is none, which the job refuses. */
    public boolean rollout() {
        String value = options.get(JobOptions.ROLLOUT_ENABLED.key());
        try {
            return value != null && JobOptions.ROLLOUT_ENABLED.parser().apply(value.trim());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
