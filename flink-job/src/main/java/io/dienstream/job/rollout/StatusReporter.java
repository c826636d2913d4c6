package io.dienstream.job.rollout;

import io.dienstream.job.artifact.ModelLease;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.schema.ModelState;
import io.dienstream.schema.ModelStatus;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells what one task does with each version, once for each change. */
final class StatusReporter {
    /** How often the requests of a version are told though nothing else has changed, ms. */
    private static final long COUNTS_EVERY_MS = 10_000;

    private final WireEncoder<ModelStatus> encoder = new WireEncoder<>(ModelStatus.class);
    private final String job;
    private final String model;
    private final int task;
    private final int tasks;
    private final RolloutLog log;
    private final VersionRouter router;

    /** By name of the version. */
    private final Map<String, ModelStatus> told = new LinkedHashMap<>();

    StatusReporter(
            String job, String model, int task, int tasks, RolloutLog log, VersionRouter router) {
        this.job = job;
        this.model = model;
        this.task = task;
        this.tasks = tasks;
        this.log = log;
        this.router = router;
    }

    /** Encoded states that are others than those told before. */
    List<OutboundRecord> changes(long now) {
        List<OutboundRecord> changes = new ArrayList<>();
        Set<String> held = new HashSet<>();
        router.leases()
                .forEach(
                        (version, lease) -> {
                            held.add(version.name());
                            tell(status(version, lease, now), now, changes);
                        });
        for (ModelStatus before : List.copyOf(told.values())) {
            if (!held.contains(before.getVersion()) && before.getState() != ModelState.RETIRED) {
                ModelStatus gone = copy(before, now);
                gone.setState(ModelState.RETIRED);
                gone.setReason("");
                tell(gone, now, changes);
                told.remove(before.getVersion());
            }
        }
        return changes;
    }

    private void tell(ModelStatus status, long now, List<OutboundRecord> changes) {
        ModelStatus before = told.get(status.getVersion());
        boolean isDue =
                before == null
                        || before.getState() != status.getState()
                        || !before.getReason().equals(status.getReason())
                        || before.getPlanRevision() != status.getPlanRevision()
                        || (before.getRequests() != status.getRequests()
                                && now - before.getTimestamp() >= COUNTS_EVERY_MS);
        if (isDue) {
            told.put(status.getVersion(), status);
            String key = job + "/" + task + "/" + status.getVersion();
            changes.add(
                    new OutboundRecord(
                            key.getBytes(StandardCharsets.UTF_8), encoder.encode(status), now));
        }
    }

    private ModelStatus status(PlannedVersion version, ModelLease lease, long now) {
        ModelState state = state(version, lease);
        String sha256 = lease.isReady() ? lease.scorer().model().checksum() : version.sha256();
        return new ModelStatus(
                job,
                task,
                tasks,
                model,
                version.name(),
                sha256,
                state,
                state == ModelState.REFUSED ? reason(version, lease) : "",
                log.plan().revision(),
                router.requests(version),
                now);
    }

    private ModelState state(PlannedVersion version, ModelLease lease) {
        return switch (lease.state()) {
            case FETCHING -> ModelState.FETCHING;
            case VERIFYING -> ModelState.VERIFYING;
            case WARMING -> ModelState.WARMING;
            case REFUSED -> ModelState.REFUSED;
            case READY -> {
                if (router.unfit(version) != null) {
                    yield ModelState.REFUSED;
                }
                boolean serves = version.equals(router.servingVersion());
                boolean planned = router.planInEffect().percent(version) > 0;
                yield serves && !version.equals(router.planInEffect().live())
                        ? ModelState.DRAINING
                        : serves || planned ? ModelState.SERVING : ModelState.READY;
            }
        };
    }

    private String reason(PlannedVersion version, ModelLease lease) {
        String unfit = router.unfit(version);
        return unfit == null ? lease.reason() : unfit;
    }

    private ModelStatus copy(ModelStatus s, long now) {
        return new ModelStatus(
                s.getJob(),
                s.getTask(),
                s.getTasks(),
                s.getModel(),
                s.getVersion(),
                s.getSha256(),
                s.getState(),
                s.getReason(),
                log.plan().revision(),
                s.getRequests(),
                now);
    }
}
