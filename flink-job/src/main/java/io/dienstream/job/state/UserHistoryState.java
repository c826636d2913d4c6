package io.dienstream.job.state;

import io.dienstream.dien.history.EventKey;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.InboundRecordSerializer;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.util.ExceptionUtils;
import org.rocksdb.RocksDBException;

/**
 * The keyed state of the current user: the history, and in event-time mode the records that wait
 * for the watermark.
 */
public final class UserHistoryState {
    static final String PENDING = "pending";

    /**
     * The order of a user's records of one event time: behaviors, erasures, requests, each by id.
     */
    public static final Comparator<InboundRecord> AT_ONE_TIME =
            Comparator.comparingInt((InboundRecord r) -> rank(r.kind()))
                    .thenComparingLong(r -> EventKey.of(r.id()))
                    .thenComparing(InboundRecord::id);

    private static int rank(InboundRecord.Kind kind) {
        return switch (kind) {
            case BEHAVIOR -> 0;
            case ERASURE -> 1;
            case AD_REQUEST -> 2;
        };
    }

    private final HistoryModel model;
    private final HistoryParts parts;
    private final CurrentHistory history;
    private final MapState<Long, List<InboundRecord>> pending;

    public UserHistoryState(RuntimeContext context, HistoryModel model) {
        this.model = model;
        parts = new HistoryParts(context);
        history = new CurrentHistory(parts, model);
        pending = context.getMapState(pendingDescriptor());
    }

    private static MapStateDescriptor<Long, List<InboundRecord>> pendingDescriptor() {
        TypeSerializer<List<InboundRecord>> records =
                new ListSerializer<>(new InboundRecordSerializer());
        return new MapStateDescriptor<>(PENDING, LongSerializer.INSTANCE, records);
    }

    /** The user's history under the current model; a new empty one for a cold user. */
    public InterestHistory history() throws IOException {
        return history.get();
    }

    /**
     * Applies a behavior.
     *
     * @param now what {@link StoredHistory#touched} becomes
     */
    public Applied add(Behavior b, long now) throws IOException {
        return history.add(model.encode(b.getEventId(), b.getTimestamp(), b.getFields()), now);
    }

    /**
     * Erases the behaviors at or before {@code timestamp}. What is left of a user without others is
     * the time of the erasure: what comes later for the time before must stay away.
     *
     * @param now what {@link StoredHistory#touched} becomes
     * @return whether the user had no state before
     */
    public boolean erase(long timestamp, long now) throws IOException {
        return history.erase(timestamp, now);
    }

    /**
     * What applying a behavior did.
     *
     * @param evicted how many old behaviors left
     * @param firstOfUser whether the user had no state before
     */
    public record Applied(InterestHistory.Outcome outcome, int evicted, boolean firstOfUser) {}

    /** Whether {@code e} is the state backend's own failure, which no single record has caused. */
    public static boolean isBackendFailure(Throwable e) {
        return ExceptionUtils.findThrowable(e, RocksDBException.class).isPresent();
    }

    /** To be stored whole, or null for a cold user; for tools that write savepoints. */
    public StoredHistory stored() throws IOException {
        return history.stored();
    }

    /** When the last behavior was applied, or Long.MIN_VALUE for a cold user. */
    public long touched() throws IOException {
        return parts.touched();
    }

    /** Deletes the user's history. */
    public void clear() {
        parts.clear();
    }

    /** Keeps a record until the watermark has passed its event time. */
    public void hold(InboundRecord record) throws Exception {
        List<InboundRecord> held = pending.get(record.eventTime());
        List<InboundRecord> records = held == null ? new ArrayList<>() : new ArrayList<>(held);
        records.add(record);
        pending.put(record.eventTime(), records);
    }

    /** Takes the records of {@code eventTime}: behaviors, erasures, requests, each by id. */
    public List<InboundRecord> release(long eventTime) throws Exception {
        List<InboundRecord> held = pending.get(eventTime);
        if (held == null) {
            return List.of();
        }
        pending.remove(eventTime);
        List<InboundRecord> records = new ArrayList<>(held);
        records.sort(AT_ONE_TIME);
        return records;
    }

    /** How many histories were rebuilt for a new model, since this was made. */
    public long rebuilds() {
        return history.rebuilds();
    }
}
