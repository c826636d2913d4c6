package io.dienstream.job.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;

/** Every metric of the job, by name. Paths are below Flink's operator scope. */
public final class ScoringMetrics {
    /** {@code dien.behaviors.appended}: behaviors applied as the newest of their user. */
    public static final String APPENDED = "behaviors.appended";

    /** {@code dien.behaviors.inserted}: late behaviors put in their place. */
    public static final String INSERTED = "behaviors.inserted";

    /** {@code dien.behaviors.duplicate}: behaviors whose event was retained already. */
    public static final String DUPLICATE = "behaviors.duplicate";

    /** {@code dien.behaviors.evicted}: old behaviors that full histories show no more. */
    public static final String EVICTED = "behaviors.evicted";

    /** {@code dien.behaviors.erased}: behaviors that came after the erasure that covers them. */
    public static final String ERASED = "behaviors.erased";

    /** {@code dien.users.erased}: erasures applied. */
    public static final String USERS_ERASED = "users.erased";

    /** {@code dien.requests.expired}: requests past {@code request.deadline}, never scored. */
    public static final String EXPIRED = "requests.expired";

    /** {@code dien.users.created}: users that got a first behavior. */
    public static final String USERS_CREATED = "users.created";

    /** {@code dien.users.expired}: users forgotten after {@code state.ttl}. */
    public static final String USERS_EXPIRED = "users.expired";

    /** {@code dien.histories.rebuilt}: histories rebuilt after a model change. */
    public static final String REBUILT = "histories.rebuilt";

    /** {@code dien.histories.damaged}: stored histories that could not be read; alert on any. */
    public static final String DAMAGED = "histories.damaged";

    /**
     * {@code dien.checkpoints.flushed-ahead}: times that RocksDB was told to write its buffers out
     * ahead of a checkpoint.
     */
    public static final String FLUSHED_AHEAD = "checkpoints.flushed-ahead";

    /** {@code dien.requests.answered}: answers given. */
    public static final String ANSWERED = "requests.answered";

    /** {@code dien.requests.cold}: answers for users without behaviors. */
    public static final String COLD = "requests.cold";

    /** {@code dien.requests.late}: requests that the watermark had passed already. */
    public static final String LATE_REQUESTS = "requests.late";

    /**
     * {@code dien.requests.other-model}: requests whose interest states were another model's, and
     * were rebuilt before they were scored.
     */
    public static final String OTHER_MODEL = "requests.other-model";

    /** {@code dien.candidates.scored}: candidates scored. */
    public static final String CANDIDATES = "candidates.scored";

    /** {@code dien.candidates.unknown}: candidates with a field in row 0; alert on its share. */
    public static final String UNKNOWN = "candidates.unknown";

    /** {@code dien.scoring.micros}: time to score one request, us, a histogram. */
    public static final String SCORING_MICROS = "scoring.micros";

    /** {@code dien.requests.age-ms}: from a request's own time to its turn, ms, a histogram. */
    public static final String AGE_MS = "requests.age-ms";

    /**
     * {@code dien.requests.freshness-ms}: from the newest behavior that a score has seen to the
     * scoring, ms, a histogram; grows where behaviors lag behind or their producer stands still.
     */
    public static final String FRESHNESS_MS = "requests.freshness-ms";

    /** {@code dien.requests.history-length}: behaviors that a request was scored with. */
    public static final String HISTORY_LENGTH = "requests.history-length";

    /** {@code dien.pctr.millionths}: pCTR of each answer's first candidate, a histogram. */
    public static final String PCTR_MILLIONTHS = "pctr.millionths";

    /** {@code dien.model.NAME.version.VERSION.info}: 1; labels of Prometheus say which model. */
    public static final String MODEL_INFO = "info";

    /** {@code dien.model.NAME.version.VERSION.requests}: answers of that version. */
    public static final String MODEL_REQUESTS = "requests";

    /** {@code dien.rollout.revision}: of the plan in effect in a task. */
    public static final String REVISION = "rollout.revision";

    /**
     * {@code dien.rollout.behind}: 1 where a task answers with another live version than the
     * plan's, which is not ready there.
     */
    public static final String BEHIND = "rollout.behind";

    /** {@code dien.rollout.commands-refused}: commands that changed nothing; each task counts. */
    public static final String COMMANDS_REFUSED = "rollout.commands-refused";

    /** {@code dien.rollout.versions-refused}: versions of the plan that a task cannot use. */
    public static final String VERSIONS_REFUSED = "rollout.versions-refused";

    /** {@code dien.rollout.commands-unreadable}: records of the topic that are no command. */
    public static final String COMMANDS_UNREADABLE = "rollout.commands-unreadable";

    /** {@code dien.reason.REASON.dead-letters}: records refused; the reason is a label. */
    public static final String DEAD_LETTERS = "dead-letters";

    /** {@code dien.dead-letters.truncated}: dead letters that hold only a record's beginning. */
    public static final String TRUNCATED = "dead-letters.truncated";

    static final String GROUP = "dien";
    private static final String REASON = "reason";

    /**
     * A metric as docs/reference/metrics.md lists it.
     *
     * @param type counter, gauge or histogram
     */
    public record Metric(String name, String type, String meaning) {}

    /** The whole table; dead letters stand once, by their prefix. */
    public static final List<Metric> ALL =
            List.of(
                    new Metric(APPENDED, "counter", "behaviors applied as the newest of a user"),
                    new Metric(INSERTED, "counter", "late behaviors put in their place"),
                    new Metric(DUPLICATE, "counter", "behaviors whose event was retained already"),
                    new Metric(EVICTED, "counter", "old behaviors that left full histories"),
                    new Metric(ERASED, "counter", "behaviors that came after their user's erasure"),
                    new Metric(USERS_ERASED, "counter", "erasures applied"),
                    new Metric(USERS_CREATED, "counter", "users that got a first behavior"),
                    new Metric(USERS_EXPIRED, "counter", "users forgotten after state.ttl"),
                    new Metric(REBUILT, "gauge", "histories rebuilt after a model change"),
                    new Metric(
                            DAMAGED,
                            "gauge",
                            "stored histories that could not be read, see state.damaged; alert on"
                                    + " any"),
                    new Metric(
                            FLUSHED_AHEAD,
                            "counter",
                            "flushes of RocksDB's buffers ahead of a checkpoint; none: checkpoints"
                                    + " hold requests up longer"),
                    new Metric(ANSWERED, "counter", "requests answered"),
                    new Metric(COLD, "counter", "answers for users without behaviors"),
                    new Metric(LATE_REQUESTS, "counter", "requests behind the watermark"),
                    new Metric(EXPIRED, "counter", "requests past their deadline; alert on share"),
                    new Metric(
                            OTHER_MODEL,
                            "counter",
                            "requests that came with another model's interest states, which scoring"
                                    + " rebuilt; more than at an upgrade: TaskManagers hold"
                                    + " different models"),
                    new Metric(CANDIDATES, "counter", "candidates scored"),
                    new Metric(
                            UNKNOWN, "counter", "candidates with an unknown field; alert on share"),
                    new Metric(SCORING_MICROS, "histogram", "us to score one request"),
                    new Metric(AGE_MS, "histogram", "ms from a request's own time to its turn"),
                    new Metric(
                            FRESHNESS_MS, "histogram", "ms from the newest behavior to the score"),
                    new Metric(HISTORY_LENGTH, "histogram", "behaviors a request was scored with"),
                    new Metric(
                            PCTR_MILLIONTHS,
                            "histogram",
                            "pCTR of each answer's first candidate, times a million; alert on a"
                                    + " median that moves"),
                    new Metric(
                            "model.NAME.version.VERSION." + MODEL_REQUESTS,
                            "counter",
                            "answers of that version; goes with the version"),
                    new Metric(REVISION, "gauge", "revision of the plan in effect"),
                    new Metric(
                            BEHIND,
                            "gauge",
                            "1 where the plan's live version is not ready and another answers"),
                    new Metric(
                            VERSIONS_REFUSED,
                            "gauge",
                            "versions of the plan that a task cannot use; alert on any"),
                    new Metric(
                            COMMANDS_REFUSED,
                            "counter",
                            "commands on models that changed nothing; each task counts"),
                    new Metric(
                            COMMANDS_UNREADABLE,
                            "counter",
                            "records of the models topic that are no command; each task counts"),
                    new Metric(
                            REASON + ".REASON." + DEAD_LETTERS,
                            "counter",
                            "records refused, by reason; alert on any"),
                    new Metric(
                            TRUNCATED,
                            "counter",
                            "dead letters that hold only the beginning of a record that is too"
                                    + " large to be sent on"));

    private final DeadLetterMetrics deadLetters;
    private final MetricGroup group;

    public final Counter appended;
    public final Counter inserted;
    public final Counter duplicate;
    public final Counter evicted;
    public final Counter erased;
    public final Counter usersErased;
    public final Counter usersCreated;
    public final Counter usersExpired;
    public final Counter answered;
    public final Counter cold;
    public final Counter lateRequests;
    public final Counter expired;
    public final Counter otherModel;
    public final Counter candidates;
    public final Counter unknown;
    public final Counter commandsRefused;
    public final Counter commandsUnreadable;
    private final Map<List<String>, OfVersion> versions = new HashMap<>();

    public ScoringMetrics(MetricGroup operator) {
        group = operator.addGroup(GROUP);
        appended = group.counter(APPENDED);
        inserted = group.counter(INSERTED);
        duplicate = group.counter(DUPLICATE);
        evicted = group.counter(EVICTED);
        erased = group.counter(ERASED);
        usersErased = group.counter(USERS_ERASED);
        usersCreated = group.counter(USERS_CREATED);
        usersExpired = group.counter(USERS_EXPIRED);
        answered = group.counter(ANSWERED);
        cold = group.counter(COLD);
        lateRequests = group.counter(LATE_REQUESTS);
        expired = group.counter(EXPIRED);
        otherModel = group.counter(OTHER_MODEL);
        candidates = group.counter(CANDIDATES);
        unknown = group.counter(UNKNOWN);
        commandsRefused = group.counter(COMMANDS_REFUSED);
        commandsUnreadable = group.counter(COMMANDS_UNREADABLE);
        deadLetters = new DeadLetterMetrics(group);
    }

    /** The operator's {@link #FLUSHED_AHEAD}. */
    public static Counter flushedAhead(MetricGroup operator) {
        return operator.addGroup(GROUP).counter(FLUSHED_AHEAD);
    }

    /** What is counted of one version, until it is closed as often as it was asked for. */
    public static final class OfVersion implements AutoCloseable {
        private final Counter requests;
        private final MetricGroup group;
        private final Runnable gone;
        private int holders = 1;

        OfVersion(Counter requests, MetricGroup group, Runnable gone) {
            this.requests = requests;
            this.group = group;
            this.gone = gone;
        }

        /** Answers. */
        public Counter requests() {
            return requests;
        }

        /** Takes the version's metrics back, when nobody else counts under its name. */
        @Override
        public void close() {
            holders--;
            if (holders > 0) {
                return;
            }
            gone.run();
            // Flink's own interface has no way to take a metric back
            if (group instanceof AbstractMetricGroup<?> own) {
                own.close();
            }
        }
    }

    /** Says that a model scores, and counts for it. */
    public OfVersion model(String name, String version) {
        List<String> key = List.of(name, version);
        OfVersion known = versions.get(key); // two artifacts may have one name and version
        if (known != null) {
            known.holders++;
            return known;
        }
        Gauge<Integer> one = () -> 1;
        MetricGroup own = group.addGroup("model", name).addGroup("version", version);
        own.gauge(MODEL_INFO, one);
        OfVersion added =
                new OfVersion(own.counter(MODEL_REQUESTS), own, () -> versions.remove(key));
        versions.put(key, added);
        return added;
    }

    /** Exposes where a task is in the rollout. */
    public void rollout(Gauge<Long> revision, Gauge<Integer> behind, Gauge<Integer> refused) {
        group.gauge(REVISION, revision);
        group.gauge(BEHIND, behind);
        group.gauge(VERSIONS_REFUSED, refused);
    }

    /** Exposes a count that is kept elsewhere as {@link #REBUILT}. */
    public void rebuilds(Gauge<Long> count) {
        group.gauge(REBUILT, count);
    }

    /** Exposes a count that is kept elsewhere as {@link #DAMAGED}. */
    public void damaged(Gauge<Long> count) {
        group.gauge(DAMAGED, count);
    }

    /** Counts of refused records. */
    public DeadLetterMetrics deadLetters() {
        return deadLetters;
    }
}
