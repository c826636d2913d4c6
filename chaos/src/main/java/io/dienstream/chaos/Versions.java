package io.dienstream.chaos;

import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.rollout.Candidate;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.schema.AdRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which version may have given an answer, by the log of commands, and what each would have said.
 * All versions have the same fields and the same length of history, so that the behaviors of a user
 * are the same for each, and only interest states and scores are its own.
 */
final class Versions {
    private static final int FINGERPRINT_DIGITS = 16;

    /**
     * A command that was in its topic for so long while nothing was wrong has been read by every
     * task, ms: one that waits for a model for longer makes requests wait, which is a disturbance,
     * and one that starts later reads it before its first record.
     */
    static final long READ_MS = CaughtUp.AGE.toMillis();

    private final String configured;
    private final Map<String, Version> byFingerprint = new LinkedHashMap<>();

    /** Plans by revision: those of accepted commands, and the first. */
    private final TreeMap<Long, RolloutLog.Entry> plans = new TreeMap<>();

    private final boolean eventTime;
    private final Rollbacks rollbacks;
    private final Disturbances outages;

    /** The newest answer of each user so far. */
    private final Map<String, Outputs.Copy> last = new HashMap<>();

    private record Version(OfflineScorer offline, InterestExtractor.Scratch scratch) {
        static Version of(OfflineScorer offline) {
            return new Version(offline, offline.scorer().historyModel().newScratch());
        }
    }

    /**
     * @param configured the job's own model
     * @param published all that commands may name
     * @param log of all commands; null where the job has none
     * @param rollbacks across which a plan may be an older one again
     * @param outages in which a command may not be read though it is there
     */
    Versions(
            OfflineScorer configured,
            List<OfflineScorer> published,
            RolloutLog log,
            boolean eventTime,
            Rollbacks rollbacks,
            Disturbances outages) {
        this.configured = fingerprint(configured);
        this.eventTime = eventTime;
        this.rollbacks = rollbacks;
        this.outages = outages;
        byFingerprint.put(this.configured, Version.of(configured));
        for (OfflineScorer offline : published) {
            byFingerprint.put(fingerprint(offline), Version.of(offline));
        }
        if (log != null) {
            log.entries().stream()
                    .filter(e -> e.refusal() == null)
                    .forEach(e -> plans.put(e.plan().revision(), e));
        }
    }

    private static String fingerprint(OfflineScorer offline) {
        return ModelStamp.hex(offline.scorer().model().fingerprint());
    }

    /** What interest states may be of. */
    HistoryModel[] historyModels() {
        return byFingerprint.values().stream()
                .map(v -> v.offline().scorer().historyModel())
                .toArray(HistoryModel[]::new);
    }

    /** The scorer of the version that gave an answer, or null for one that is not known. */
    OfflineScorer of(Outputs.Copy copy) {
        Version version = byFingerprint.get(named(copy));
        return version == null ? null : version.offline();
    }

    private String named(Outputs.Copy copy) {
        return copy.fingerprint() == null ? configured : copy.fingerprint();
    }

    /** A history of the configured model, as the version of {@code copy} has it. */
    InterestHistory asSeenBy(Outputs.Copy copy, InterestHistory history) {
        return rebuilt(named(copy), history);
    }

    private InterestHistory rebuilt(String fingerprint, InterestHistory history) {
        if (fingerprint.equals(configured)) {
            return history;
        }
        Version version = byFingerprint.get(fingerprint);
        return version.offline().scorer().historyModel().rebuild(history, version.scratch());
    }

    /** A history of the configured model, as each version has it that was live at any time. */
    List<InterestHistory> asKept(InterestHistory history) {
        List<InterestHistory> all = new ArrayList<>(List.of(history));
        byFingerprint.keySet().stream()
                .filter(f -> !f.equals(configured) && wasLive(f, Long.MAX_VALUE))
                .forEach(f -> all.add(rebuilt(f, history)));
        return all;
    }

    private RolloutPlan plan(long revision) {
        return revision == 0 ? RolloutPlan.INITIAL : plans.get(revision).plan();
    }

    private boolean wasLive(String fingerprint, long revision) {
        return fingerprint.equals(configured)
                || plans.headMap(revision, true).values().stream()
                        .anyMatch(e -> fingerprint.equals(fingerprint(e.plan().live())));
    }

    private String fingerprint(PlannedVersion version) {
        return version.isConfigured()
                ? configured
                : version.sha256().substring(0, FINGERPRINT_DIGITS);
    }

    /** What there is to say against the version of an answer. */
    enum Finding {
        /** It is the one that the plan gives the user to. */
        PLANNED,
        /** It was live before, and the planned one was not ready in the task: latest mode alone. */
        STANDS_IN,
        WRONG
    }

    /** A finding, in words where it is wrong. */
    record Judgement(Finding finding, String reason) {
        private static Judgement wrong(String reason) {
            return new Judgement(Finding.WRONG, reason);
        }
    }

    /** Whether the version of an answer is one that the plan allows which the answer names. */
    Judgement judge(AdRequest request, Outputs.Copy copy) {
        String user = request.getUserId();
        if (!byFingerprint.containsKey(named(copy))) {
            return Judgement.wrong("is by " + copy.fingerprint() + ", which nobody published");
        }
        long revision = copy.revision();
        if (revision != 0 && !plans.containsKey(revision)) {
            return Judgement.wrong("is by plan %d, which there is not".formatted(revision));
        }
        if (revision != 0) {
            RolloutLog.Entry plan = plans.get(revision);
            long time = eventTime ? request.getTimestamp() : copy.computedAt();
            if (copy.computedAt() < plan.timestamp() || time < plan.effectiveAt()) {
                return Judgement.wrong("is by plan %d, which begins later".formatted(revision));
            }
        }
        long begun = eventTime ? begunByThen(request, copy) : revision;
        return begun == revision
                ? byPlan(user, copy)
                : Judgement.wrong(
                        "is by plan %d, and plan %d had begun by the time of its request"
                                .formatted(revision, begun));
    }

    /**
     * The newest plan that an answer must be by, by event time: it begins when its command says,
     * not when somebody has read it, but for one that comes when that time has passed. The answer's
     * own where there is no newer one.
     */
    private long begunByThen(AdRequest request, Outputs.Copy copy) {
        return plans.tailMap(copy.revision(), false).values().stream()
                .filter(e -> e.effectiveAt() <= request.getTimestamp())
                .filter(e -> outages.leaveQuiet(READ_MS, e.timestamp(), copy.computedAt()))
                .mapToLong(e -> e.plan().revision())
                .max()
                .orElse(copy.revision());
    }

    private Judgement byPlan(String user, Outputs.Copy copy) {
        RolloutPlan plan = plan(copy.revision());
        Candidate candidate = plan.candidateOf(user);
        String given = candidate == null ? null : fingerprint(candidate.version());
        String live = fingerprint(plan.live());
        String named = named(copy);
        if (copy.candidate()) {
            return named.equals(given)
                    ? new Judgement(Finding.PLANNED, "")
                    : Judgement.wrong(
                            "is by candidate %s, plan %d gives its user to %s"
                                    .formatted(named, copy.revision(), given));
        }
        if (named.equals(live) && given == null) {
            return new Judgement(Finding.PLANNED, "");
        }
        boolean mayStandIn = !eventTime || copy.late();
        return mayStandIn && wasLive(named, copy.revision())
                ? new Judgement(Finding.STANDS_IN, "")
                : Judgement.wrong(
                        "is by %s, plan %d has %s live and gives its user to %s"
                                .formatted(named, copy.revision(), live, given));
    }

    /**
     * What there is to say against the plan of a user's next answer, or null: it is never older
     * than that of the answer before, but for a job that went back itself.
     */
    String wentBack(String user, Outputs.Copy copy) {
        if (copy.late()) {
            return null;
        }
        Outputs.Copy before = last.put(user, copy);
        if (before == null
                || before.revision() <= copy.revision()
                || copy.computedAt() < before.computedAt()
                || rollbacks.explain(new long[] {before.computedAt(), copy.computedAt()})) {
            return null;
        }
        return "is by plan %d, after an answer to its user by plan %d"
                .formatted(copy.revision(), before.revision());
    }

    /** Revision of the plan at the end. */
    long newest() {
        return plans.isEmpty() ? 0 : plans.lastKey();
    }

    /** What a report calls the version of an answer. */
    String name(Outputs.Copy copy) {
        return of(copy).scorer().model().config().version();
    }
}
