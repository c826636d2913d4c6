package io.dienstream.job.state;

import java.io.IOException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.util.ExceptionUtils;
import org.rocksdb.RocksDBException;

/**
 * The current user's history in keyed state, in two values: the history as it was when last written
 * whole, and the tail of behaviors since. The tail's sealed keys and first row always are those of
 * the stored history; states from before there were tails have none. The only owner of the names
 * and serializers; also for tools that read and write savepoints.
 */
public final class HistoryParts {
    static final String HISTORY = "history";
    static final String TAIL = "history-tail";

    private final ValueState<StoredHistory> history;
    private final ValueState<StoredTail> tail;
    private final DamagedHistories damaged;

    /** One that fails where a stored history cannot be read. */
    public HistoryParts(RuntimeContext context) {
        this(context, new DamagedHistories(false));
    }

    HistoryParts(RuntimeContext context, DamagedHistories damaged) {
        this(
                context.getState(historyDescriptor()),
                context.getState(new ValueStateDescriptor<>(TAIL, new StoredTailSerializer())),
                damaged);
    }

    HistoryParts(
            ValueState<StoredHistory> history,
            ValueState<StoredTail> tail,
            DamagedHistories damaged) {
        this.history = history;
        this.tail = tail;
        this.damaged = damaged;
    }

    /** How the part that is written whole is stored. */
    public static ValueStateDescriptor<StoredHistory> historyDescriptor() {
        return new ValueStateDescriptor<>(HISTORY, new StoredHistorySerializer());
    }

    /**
     * The whole history, or null for a cold user. What it returns may be changed and stored.
     *
     * @throws UnreadableStateException where it is damaged and the task is to fail
     */
    public StoredHistory whole() throws IOException {
        return whole(tail());
    }

    StoredHistory whole(StoredTail newest) throws IOException {
        StoredHistory stored = read(history);
        return newest == null || stored == null ? stored : newest.join(stored);
    }

    /** What is stored, or null; also where it was damaged and its user is to be forgotten. */
    private <T> T read(ValueState<T> state) throws IOException {
        try {
            return state.value();
        } catch (IOException | RuntimeException e) {
            if (isDatabaseFailure(e)) {
                throw e; // whatever the value is
            }
            damaged.found(e);
            clear();
            return null;
        }
    }

    /** Whether {@code e} is a failure of the database, not of a value in it. */
    static boolean isDatabaseFailure(Throwable e) {
        return ExceptionUtils.findThrowable(e, RocksDBException.class).isPresent();
    }

    /** Stores the whole history, and an empty tail so that the next behavior need not read it. */
    public void storeWhole(StoredHistory whole) throws IOException {
        history.update(whole);
        if (whole.history().size() == 0) {
            tail.clear();
        } else {
            tail.update(StoredTail.after(whole));
        }
    }

    /** The tail; null for a cold user, without behaviors, or in state from before tails. */
    StoredTail tail() throws IOException {
        return read(tail);
    }

    void storeTail(StoredTail newest) throws IOException {
        tail.update(newest);
    }

    /** Event time of the last behavior, ms, or Long.MIN_VALUE for a cold user. */
    public long touched() throws IOException {
        StoredTail newest = tail();
        if (newest != null) {
            return newest.touched();
        }
        StoredHistory stored = read(history);
        return stored == null ? Long.MIN_VALUE : stored.touched();
    }

    void clear() {
        history.clear();
        tail.clear();
    }
}
