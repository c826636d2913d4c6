package io.dienstream.job.artifact;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Settings;
import java.io.Serializable;
import java.time.Duration;

/**
 * How artifacts are loaded.
 *
 * @param publicKey PEM file on every TaskManager whose signature they must have, or empty
 * @param cacheDirectory of each TaskManager for what was fetched, or empty for one of the process
 * @param cacheBytes most that is kept there, and most that one artifact may have
 * @param copyDirectory where large weights are copied to, or empty for the process' own
 * @param warmUp most time that made-up requests are scored before a live one
 * @param share of a core's time that loading takes while no task waits for it, up to 1
 */
public record LoadSettings(
        String publicKey,
        String cacheDirectory,
        long cacheBytes,
        String copyDirectory,
        Duration warmUp,
        double share)
        implements Serializable {
    private static final long serialVersionUID = 1;
    private static final long MEBIBYTE = 1 << 20;

    public static LoadSettings of(Settings options) {
        return new LoadSettings(
                options.get(JobOptions.MODEL_PUBLIC_KEY),
                options.get(JobOptions.MODEL_CACHE),
                options.get(JobOptions.MODEL_CACHE_SIZE) * MEBIBYTE,
                options.get(JobOptions.MODEL_COPY_DIRECTORY),
                options.get(JobOptions.WARM_UP),
                options.get(JobOptions.MODEL_LOAD_SHARE));
    }

    /** The same, for who only wants to know whether an artifact is refused. */
    public LoadSettings withoutWarmUp() {
        return new LoadSettings(
                publicKey, cacheDirectory, cacheBytes, copyDirectory, Duration.ZERO, share);
    }
}
