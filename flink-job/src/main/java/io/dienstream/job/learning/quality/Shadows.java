package io.dienstream.job.learning.quality;

import io.dienstream.job.artifact.LoadSettings;
import io.dienstream.job.artifact.LoadState;
import io.dienstream.job.artifact.ModelLease;
import io.dienstream.job.artifact.ModelRef;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.schema.TrainingExample;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shadows of the plan, each loaded once in the JVM by threads of the registry. Until one is
 * ready it scores nothing, and nobody waits. Not thread safe.
 */
final class Shadows implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shadows.class);

    /** Weights of so many are held beside each other. */
    static final int MOST = 2;

    private final LoadSettings settings;
    private final Map<PlannedVersion, Held> held = new LinkedHashMap<>();

    Shadows(LoadSettings settings) {
        this.settings = settings;
    }

    private static final class Held {
        private final ModelLease lease;
        private ShadowScorer scorer;
        private boolean told;
        private boolean fieldsChecked;

        Held(ModelLease lease) {
            this.lease = lease;
        }
    }

    /** Loads the newest shadows of {@code plan}, and lets others go. */
    void follow(RolloutPlan plan) {
        List<PlannedVersion> all = plan.shadows();
        Set<PlannedVersion> wanted =
                new HashSet<>(all.subList(Math.max(0, all.size() - MOST), all.size()));
        held.entrySet()
                .removeIf(
                        entry -> {
                            boolean goes = !wanted.contains(entry.getKey());
                            if (goes) {
                                entry.getValue().lease.close();
                            }
                            return goes;
                        });
        for (PlannedVersion version : wanted) {
            held.computeIfAbsent(version, this::load);
        }
    }

    private Held load(PlannedVersion version) {
        ModelRef ref = new ModelRef(version.uri(), version.sha256(), settings);
        return new Held(ModelRegistry.shared().lease(ref, version.publishedIn()));
    }

    /** What every shadow that is ready says of {@code example}. */
    List<ScoredImpression> score(TrainingExample example) {
        List<ScoredImpression> scored = new ArrayList<>();
        held.forEach(
                (version, shadow) -> {
                    if (shadow.scorer == null && shadow.lease.isReady()) {
                        shadow.scorer = new ShadowScorer(shadow.lease.scorer(), ScoredBy.SHADOW);
                        LOG.info(
                                "shadow {} is scored on what live versions saw; with a larger L than theirs ({}) it would see more if it answered",
                                version.name(),
                                shadow.scorer.maxLength());
                    }
                    if (shadow.scorer != null) {
                        scored.addAll(scored(version, shadow, example));
                    } else if (shadow.lease.state() == LoadState.REFUSED && !shadow.told) {
                        shadow.told = true;
                        LOG.warn("shadow {} is refused: {}", version.name(), shadow.lease.reason());
                    }
                });
        return scored;
    }

    /** A shadow with which something is wrong must not stop labels: it only loses its example. */
    private static List<ScoredImpression> scored(
            PlannedVersion version, Held shadow, TrainingExample example) {
        try {
            if (!shadow.fieldsChecked && !example.getBehaviors().isEmpty()) {
                shadow.fieldsChecked = true;
                warnOfFields(version, shadow.scorer.notServed(example));
            }
            return shadow.scorer.score(example);
        } catch (RuntimeException e) {
            if (!shadow.told) {
                shadow.told = true;
                LOG.warn("shadow {} cannot score an example", version.name(), e);
            }
            return List.of();
        }
    }

    private static void warnOfFields(PlannedVersion version, Set<String> notServed) {
        if (!notServed.isEmpty()) {
            LOG.warn(
                    "shadow {} has behavior fields {}, which the behaviors of the first example lack: a live version serves only its own, so the shadow is judged without them",
                    version.name(),
                    notServed);
        }
    }

    /** How many are ready. */
    long ready() {
        return held.values().stream().filter(h -> h.lease.isReady()).count();
    }

    @Override
    public void close() {
        held.values().forEach(h -> h.lease.close());
        held.clear();
    }
}
