package io.dienstream.job.state;

import java.io.IOException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;

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

    public HistoryParts(RuntimeContext context) {
        this(
                context.getState(historyDescriptor()),
                context.getState(new ValueStateDescriptor<>(TAIL, new StoredTailSerializer())));
    }

    HistoryParts(ValueState<StoredHistory> history, ValueState<StoredTail> tail) {
        this.history = history;
        this.tail = tail;
    }

    /** How the part that is written whole is stored. */
    public static ValueStateDescriptor<StoredHistory> historyDescriptor() {
        return new ValueStateDescriptor<>(HISTORY, new StoredHistorySerializer());
    }

    /** The whole history, or null for a cold user. What it returns may be changed and stored. */
    public StoredHistory whole() throws IOException {
        return whole(tail.value());
    }

    StoredHistory whole(StoredTail newest) throws IOException {
        StoredHistory stored = history.value();
        return newest == null ? stored : newest.join(stored);
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
        return tail.value();
    }

    void storeTail(StoredTail newest) throws IOException {
        tail.update(newest);
    }

    /** Event time of the last behavior, ms, or Long.MIN_VALUE for a cold user. */
    public long touched() throws IOException {
        StoredTail newest = tail.value();
        if (newest != null) {
            return newest.touched();
        }
        StoredHistory stored = history.value();
        return stored == null ? Long.MIN_VALUE : stored.touched();
    }

    void clear() {
        history.clear();
        tail.clear();
    }
}
