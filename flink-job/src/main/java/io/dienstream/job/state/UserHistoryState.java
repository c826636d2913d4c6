package io.dienstream.job.state;

import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.util.ExceptionUtils;

/**
 * The keyed state of the current user: the history, and in event-time mode the records that wait
 * for the watermark.
 */
public final class UserHistoryState {
    /** Live, previous and two candidates make three others; one that is gone goes with the next. */
    private static final int MOST_OTHERS = 3;

    private final HistoryParts parts;
    private final HeldRecords held;

    /** Views of models whose interest states are not stored, by fingerprint. */
    private final Map<Long, CurrentHistory> others = new HashMap<>();

    private HistoryModel model;
    private CurrentHistory history;
    private long rebuildsBefore;

    /**
     * @param damaged what becomes of users whose stored history cannot be read
     */
    public UserHistoryState(RuntimeContext context, HistoryModel model, DamagedHistories damaged) {
        parts = new HistoryParts(context, damaged);
        held = new HeldRecords(context);
        use(model);
    }

    /** Whose interest states are stored from now on, and how much is kept beside them. */
    public void use(HistoryModel live) {
        rebuildsBefore = rebuilds();
        others.clear();
        model = live;
        history = new CurrentHistory(parts, live);
    }

    /**
     * The user's history as {@code other} would have it; nothing is stored. Its own states, where
     * they are what is stored, else computed from the behaviors.
     */
    public InterestHistory history(HistoryModel other) throws IOException {
        return under(other).get();
    }

    private CurrentHistory under(HistoryModel other) {
        if (other.fingerprint() == model.fingerprint()) {
            return history;
        }
        CurrentHistory known = others.get(other.fingerprint());
        if (known != null) {
            return known;
        }
        if (others.size() >= MOST_OTHERS) {
            rebuildsBefore = rebuilds() - history.rebuilds();
            others.clear();
        }
        CurrentHistory added = new CurrentHistory(parts, other);
        others.put(other.fingerprint(), added);
        return added;
    }

    /**
     * The user's history under the current model, a new empty one for a cold user; states that
     * another model has left are replaced by those of this one. Where models change while the job
     * runs that would be a write for each user who asks, all at once, and again after a rollback:
     * there the next behavior stores them.
     */
    public InterestHistory restamp() throws IOException {
        return history.restamp();
    }

    /** Applies a behavior; {@link StoredHistory#touched} becomes its time, where that is newer. */
    public Applied add(Behavior b) throws IOException {
        return history.add(model.encode(b.getEventId(), b.getTimestamp(), b.getFields()));
    }

    /**
     * Erases the behaviors at or before {@code timestamp}. What is left of a user without others is
     * the time of the erasure: what comes later for the time before must stay away. It is no sign
     * of life: {@link StoredHistory#touched} stays, unless there was no state before.
     *
     * @return whether the user had no state before
     */
    public boolean erase(long timestamp) throws IOException {
        return history.erase(timestamp);
    }

    /**
     * What applying a behavior did.
     *
     * @param evicted how many old behaviors left
     * @param firstOfUser whether the user had no state before
     */
    public record Applied(InterestHistory.Outcome outcome, int evicted, boolean firstOfUser) {}

    /** Whether {@code e} is a failure of the state, which no single record has caused. */
    public static boolean isBackendFailure(Throwable e) {
        return HistoryParts.isDatabaseFailure(e)
                || ExceptionUtils.findThrowable(e, UnreadableStateException.class).isPresent();
    }

    /** To be stored whole, or null for a cold user; for tools that write savepoints. */
    public StoredHistory stored() throws IOException {
        return history.stored();
    }

    /** Event time of the last behavior, ms, or Long.MIN_VALUE for a cold user. */
    public long touched() throws IOException {
        return parts.touched();
    }

    /** Deletes the user's history. */
    public void clear() {
        parts.clear();
    }

    /** Keeps a record until the watermark has passed its event time. */
    public void hold(InboundRecord record) throws Exception {
        held.add(record);
    }

    /** Takes the records of {@code eventTime}, in event order. */
    public List<InboundRecord> release(long eventTime) throws Exception {
        List<InboundRecord> records = held.take(eventTime);
        records.sort(InboundRecord.EVENT_ORDER);
        return records;
    }

    /** How many times a history was rebuilt for another model, since this was made. */
    public long rebuilds() {
        long known = history == null ? 0 : history.rebuilds();
        for (CurrentHistory other : others.values()) {
            known += other.rebuilds();
        }
        return rebuildsBefore + known;
    }
}
