package io.dienstream.job.metric;

import static io.dienstream.job.metric.Metric.counter;
import static io.dienstream.job.metric.Metric.gauge;
import static io.dienstream.job.metric.Metric.histogram;

import java.util.List;

/** Every metric of the scoring job. Which operator has which: the other classes here. */
public final class JobMetrics {
    public static final Metric APPENDED =
            counter("behaviors.appended", "behaviors applied as the newest of a user");

    public static final Metric INSERTED =
            counter("behaviors.inserted", "late behaviors put in their place");

    public static final Metric DUPLICATE =
            counter("behaviors.duplicate", "behaviors whose event was retained already");

    public static final Metric EVICTED =
            counter("behaviors.evicted", "old behaviors that left full histories");

    public static final Metric ERASED =
            counter("behaviors.erased", "behaviors that came after their user's erasure");

    public static final Metric USERS_ERASED = counter("users.erased", "erasures applied");

    public static final Metric USERS_CREATED =
            counter("users.created", "users that got a first behavior");

    public static final Metric USERS_EXPIRED =
            counter("users.expired", "users forgotten after state.ttl");

    public static final Metric REBUILT =
            gauge("histories.rebuilt", "histories rebuilt after a model change");

    public static final Metric DAMAGED =
            gauge(
                    "histories.damaged",
                    "stored histories that could not be read, see state.damaged; alert on any");

    public static final Metric FLUSHED_AHEAD =
            counter(
                    "checkpoints.flushed-ahead",
                    "flushes of RocksDB's buffers ahead of a checkpoint; none: checkpoints hold"
                            + " requests up longer");

    public static final Metric ANSWERED = counter("requests.answered", "requests answered");

    public static final Metric COLD =
            counter("requests.cold", "answers for users without behaviors");

    public static final Metric LATE_REQUESTS =
            counter("requests.late", "requests behind the watermark");

    public static final Metric EXPIRED =
            counter("requests.expired", "requests past their deadline; alert on share");

    public static final Metric OTHER_MODEL =
            counter(
                    "requests.other-model",
                    "requests that came with another model's interest states, which scoring"
                            + " rebuilt; more than at an upgrade: TaskManagers hold different"
                            + " models");

    public static final Metric CANDIDATES = counter("candidates.scored", "candidates scored");

    public static final Metric UNKNOWN =
            counter("candidates.unknown", "candidates with an unknown field; alert on share");

    public static final Metric SCORING_MICROS =
            histogram("scoring.micros", "us to score one request");

    public static final Metric AGE_MS =
            histogram("requests.age-ms", "ms from a request's own time to its turn");

    /** It grows where behaviors lag behind or their producer stands still. */
    public static final Metric FRESHNESS_MS =
            histogram("requests.freshness-ms", "ms from the newest behavior to the score");

    public static final Metric HISTORY_LENGTH =
            histogram("requests.history-length", "behaviors a request was scored with");

    public static final Metric PCTR_MILLIONTHS =
            histogram(
                    "pctr.millionths",
                    "pCTR of each answer's first candidate, times a million; alert on a median"
                            + " that moves");

    /** Below the groups of a version: see {@link #VERSION_REQUESTS}. */
    static final String REQUESTS = "requests";

    /** Only 1, so that labels of Prometheus say which model scores. */
    static final String INFO = "info";

    public static final Metric VERSION_REQUESTS =
            counter(
                    "model.NAME.version.VERSION." + REQUESTS,
                    "answers of that version; goes with the version, some 20 s after the plan and the"
                            + " last request for it");

    public static final Metric REVISION =
            gauge("rollout.revision", "revision of the plan in effect");

    public static final Metric BEHIND =
            gauge(
                    "rollout.behind",
                    "1 where the plan's live version is not ready and another answers");

    public static final Metric VERSIONS_REFUSED =
            gauge(
                    "rollout.versions-refused",
                    "versions of the plan that a task cannot use; alert on any");

    public static final Metric VERSIONS_HELD =
            gauge(
                    "rollout.versions-held",
                    "versions that this JVM has loaded or is loading, for all its tasks; three"
                            + " by the plan, some more for a while after it has changed");

    public static final Metric COMMANDS_REFUSED =
            counter(
                    "rollout.commands-refused",
                    "commands on models that changed nothing; each task counts");

    public static final Metric COMMANDS_UNREADABLE =
            counter(
                    "rollout.commands-unreadable",
                    "records of the models topic that are no command; each task counts");

    /** Below the group of a reason: see {@link #DEAD_LETTERS}. */
    static final String OF_REASON = "dead-letters";

    static final String REASON = "reason";

    public static final Metric DEAD_LETTERS =
            counter(REASON + ".REASON." + OF_REASON, "records refused, by reason; alert on any");

    public static final Metric TRUNCATED =
            counter(
                    "dead-letters.truncated",
                    "dead letters that hold only the beginning of a record that is too large to"
                            + " be sent on");

    /** The whole table, in the order of the reference. */
    public static final List<Metric> ALL =
            List.of(
                    APPENDED,
                    INSERTED,
                    DUPLICATE,
                    EVICTED,
                    ERASED,
                    USERS_ERASED,
                    USERS_CREATED,
                    USERS_EXPIRED,
                    REBUILT,
                    DAMAGED,
                    FLUSHED_AHEAD,
                    ANSWERED,
                    COLD,
                    LATE_REQUESTS,
                    EXPIRED,
                    OTHER_MODEL,
                    CANDIDATES,
                    UNKNOWN,
                    SCORING_MICROS,
                    AGE_MS,
                    FRESHNESS_MS,
                    HISTORY_LENGTH,
                    PCTR_MILLIONTHS,
                    VERSION_REQUESTS,
                    REVISION,
                    BEHIND,
                    VERSIONS_REFUSED,
                    VERSIONS_HELD,
                    COMMANDS_REFUSED,
                    COMMANDS_UNREADABLE,
                    DEAD_LETTERS,
                    TRUNCATED);

    private JobMetrics() {}
}
