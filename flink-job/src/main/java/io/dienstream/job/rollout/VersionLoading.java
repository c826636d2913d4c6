package io.dienstream.job.rollout;

import io.dienstream.dien.Scorer;
import io.dienstream.job.artifact.LoadState;
import io.dienstream.job.artifact.ModelLease;
import io.dienstream.job.artifact.ModelRef;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Missing;
import java.io.IOException;
import java.io.Serializable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a version of the plan is on this machine, and what becomes of a task that cannot go on
 * without it.
 *
 * @param configured the job's own model
 * @param waits whether a task waits for a live version that is refused; else it fails
 * @param retryMs after which it is tried again then
 */
public record VersionLoading(ModelRef configured, boolean waits, long retryMs)
        implements Serializable {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(VersionLoading.class);
    private static final long RETRY_MS = 5_000;

    public static VersionLoading of(JobOptions options) {
        return new VersionLoading(
                ModelRef.configured(options),
                options.get(JobOptions.MODEL_MISSING) == Missing.WAIT,
                RETRY_MS);
    }

    /** Where {@code version} is. */
    public ModelRef ref(PlannedVersion version) {
        return version.isConfigured() ? configured : published(version.uri(), version.sha256());
    }

    /** Where a published version is. */
    public ModelRef published(String uri, String sha256) {
        return new ModelRef(uri, sha256, configured.settings());
    }

    /**
     * Waits for what scores with {@code version}.
     *
     * @throws IOException naming its URI, where it is refused and the task is to fail
     */
    public Scorer await(PlannedVersion version, ModelLease lease)
            throws IOException, InterruptedException {
        ModelRef ref = ref(version);
        while (lease.await() != LoadState.READY) {
            String problem =
                    "live version %s cannot be loaded from %s: %s"
                            .formatted(version.name(), ref.uri(), lease.reason());
            if (!waits) {
                throw new IOException(
                        problem + "; put it back, or let the job wait for it: model.missing=wait");
            }
            LOG.error("{}; tried again in {} ms (model.missing=wait)", problem, retryMs);
            Thread.sleep(retryMs);
            lease.retry();
        }
        return lease.scorer();
    }
}
