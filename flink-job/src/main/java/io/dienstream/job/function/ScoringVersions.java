package io.dienstream.job.function;

import io.dienstream.job.artifact.LoadState;
import io.dienstream.job.artifact.ModelLease;
import io.dienstream.job.artifact.ModelRef;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.metric.ScoringMetrics;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.job.rollout.VersionLoading;
import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions that a subtask scores with. Which one is told by each task; here they are only held,
 * as long as tasks name them. Where scoring is chained the interest operator has loaded them; where
 * it is not, most often too, as both run in each TaskManager: the JVM loads a version once.
 */
final class ScoringVersions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScoringVersions.class);

    /**
     * A version that no task has named for so long is let go, ms; sooner where another needs room,
     * or the plan has let it go.
     */
    private static final long IDLE_MS = 600_000;

    /**
     * Likewise, of one that no plan wants in this JVM any more, ms: tasks for it may be on their
     * way.
     */
    private static final long LET_GO_MS = 10_000;

    /** How often that is looked at, ms. */
    private static final long SWEEP_MS = 10_000;

    /** How often one that is refused is tried again while tasks name it, ms. */
    private static final long RETRY_MS = 5_000;

    private final VersionLoading loading;
    private final double attentionTail;
    private final ScoringMetrics metrics;

    /** By checksum; the job's own model by the empty one. */
    private final Map<String, ScoringVersion> held = new HashMap<>();

    /** Published versions that are refused on this machine, by checksum. */
    private final Map<String, Missing> missing = new HashMap<>();

    private ScoringVersion last;
    private String lastKey;
    private long nextSweep = Long.MIN_VALUE;

    ScoringVersions(VersionLoading loading, double attentionTail, ScoringMetrics metrics) {
        this.loading = loading;
        this.attentionTail = attentionTail;
        this.metrics = metrics;
    }

    /** One that is refused, and when it was last asked for and tried, ms. */
    private static final class Missing {
        private final ModelLease lease;
        private long used;
        private long tried;

        Missing(ModelLease lease, long now) {
            this.lease = lease;
            tried = now;
        }
    }

    /**
     * The version of {@code stamp}; null where it was published and is refused on this machine,
     * though it was ready where it was picked: no other may score in its place.
     *
     * @param now processing time, ms
     * @throws IOException where the job's own model is refused
     */
    ScoringVersion of(ModelStamp stamp, long now) throws IOException, InterruptedException {
        if (now >= nextSweep) {
            sweep(now);
        }
        if (!stamp.sha256().equals(lastKey)) {
            ScoringVersion found = find(stamp, now);
            if (found == null) {
                return null;
            }
            last = found;
            lastKey = stamp.sha256();
        }
        last.used = now;
        return last;
    }

    /** Why there is no version of {@code stamp}. */
    String whyMissing(ModelStamp stamp) {
        return missing.get(stamp.sha256()).lease.reason();
    }

    private ScoringVersion find(ModelStamp stamp, long now)
            throws IOException, InterruptedException {
        ScoringVersion known = held.get(stamp.sha256());
        if (known != null) {
            return known;
        }
        Missing refused = missing.get(stamp.sha256());
        if (refused != null) {
            return retry(stamp, refused, now);
        }
        return stamp.uri().isEmpty() ? loadConfigured() : load(stamp, now);
    }

    private ScoringVersion loadConfigured() throws IOException, InterruptedException {
        ModelLease lease = ModelRegistry.shared().lease(loading.configured(), 0);
        try {
            loading.await(PlannedVersion.CONFIGURED, lease);
        } catch (IOException | InterruptedException e) {
            lease.close();
            throw e;
        }
        return hold("", lease);
    }

    private ScoringVersion load(ModelStamp stamp, long now) throws InterruptedException {
        ModelRef ref = loading.published(stamp.uri(), stamp.sha256());
        ModelLease lease = ModelRegistry.shared().lease(ref, stamp.publishedIn());
        try {
            lease.await();
        } catch (InterruptedException e) {
            lease.close();
            throw e;
        }
        if (lease.isReady()) {
            return hold(stamp.sha256(), lease);
        }
        LOG.error(
                "requests are given to the version at {}, which is refused on this machine: {};"
                        + " they become dead letters until it can be loaded",
                ref.uri(),
                lease.reason());
        Missing refused = new Missing(lease, now);
        refused.used = now;
        missing.put(stamp.sha256(), refused);
        return null;
    }

    /** Nobody waits for another try: requests for other versions come by here too. */
    private ScoringVersion retry(ModelStamp stamp, Missing refused, long now) {
        refused.used = now;
        if (refused.lease.isReady()) {
            missing.remove(stamp.sha256());
            return hold(stamp.sha256(), refused.lease);
        }
        if (refused.lease.state() == LoadState.REFUSED && now - refused.tried >= RETRY_MS) {
            refused.tried = now;
            refused.lease.retry();
        }
        return null;
    }

    /** How many versions' weights this subtask keeps in the JVM. */
    int size() {
        return held.size();
    }

    private ScoringVersion hold(String sha256, ModelLease lease) {
        if (held.size() == RolloutPlan.MOST_LOADED) { // one that the plan has let go is among them
            Map.Entry<String, ScoringVersion> oldest =
                    Collections.min(
                            held.entrySet(), Comparator.comparingLong(e -> e.getValue().used));
            held.remove(oldest.getKey()).close();
        }
        ScoringVersion added = new ScoringVersion(lease, attentionTail, metrics);
        held.put(sha256, added);
        return added;
    }

    private void sweep(long now) {
        nextSweep = now + SWEEP_MS;
        held.values()
                .removeIf(
                        version -> {
                            boolean isIdle =
                                    version != last
                                            && isIdle(now - version.used, version.isLetGo());
                            if (isIdle) {
                                version.close();
                            }
                            return isIdle;
                        });
        missing.values()
                .removeIf(
                        refused -> {
                            boolean isIdle = isIdle(now - refused.used, refused.lease.isLetGo());
                            if (isIdle) {
                                refused.lease.close();
                            }
                            return isIdle;
                        });
    }

    private static boolean isIdle(long ms, boolean isLetGo) {
        return ms > (isLetGo ? LET_GO_MS : IDLE_MS);
    }

    @Override
    public void close() {
        held.values().forEach(ScoringVersion::close);
        held.clear();
        missing.values().forEach(refused -> refused.lease.close());
        missing.clear();
    }
}
