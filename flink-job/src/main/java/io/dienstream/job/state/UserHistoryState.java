package io.dienstream.job.state;

import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.util.ExceptionUtils;

/**
 * The keyed state of the current user: the history, and in event-time mode the records that wait
 * for the watermark.
 */
public final class UserHistoryState {
    private final HistoryModel model;
    private final HistoryParts parts;
    private final CurrentHistory history;
    private final HeldRecords held;

    /**
     * @param damaged what becomes of users whose stored history cannot be read
     */
    public UserHistoryState(RuntimeContext context, HistoryModel model, DamagedHistories damaged) {
        this.model = model;
        parts = new HistoryParts(context, damaged);
        history = new CurrentHistory(parts, model);
        held = new HeldRecords(context);
    }

    /** The user's history under the current model; a new empty one for a cold user. */
    public InterestHistory history() throws IOException {
        return history.get();
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

    /** How many histories were rebuilt for a new model, since this was made. */
    public long rebuilds() {
        return history.rebuilds();
    }
}
