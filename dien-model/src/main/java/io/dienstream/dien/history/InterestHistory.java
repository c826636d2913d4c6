package io.dienstream.dien.history;

import io.dienstream.dien.layer.InterestExtractor;
import java.util.Arrays;

/**
 * One user's rolling behaviors and their interest states: T behaviors, oldest first, ordered by
 * (timestamp, event key), T at most {@code maxLength} L.
 *
 * <p>The interest states are always the extractor run from zero over the retained behaviors. When a
 * behavior arrives at a full history, the oldest ceil(L/4) leave and the states of the rest are
 * rebuilt from zero, which is O(1) steps a behavior, amortised. A late behavior is put in its place
 * and the states after it are recomputed; one not newer than the newest behavior ever evicted (the
 * floor) is refused, because its place is gone. An erasure drops all behaviors up to its time and
 * refuses those that come later.
 *
 * <p>Not thread safe. Arrays are flat and handed out uncopied to codecs and the scorer.
 */
public final class InterestHistory {
    private static final int FIRST_CAPACITY = 8;

    /** What became of a behavior. */
    public enum Outcome {
        /** Newest of all: one step. */
        APPENDED,
        /** Put in its place; the states after it were recomputed. */
        INSERTED,
        /** Its event is retained already; nothing changed. */
        DUPLICATE,
        /** Not newer than the newest evicted behavior; nothing changed. */
        LATE,
        /** Not newer than the user's last erasure; nothing changed. */
        ERASED;

        /** Whether the history is another one than before. */
        public boolean changes() {
            return this == APPENDED || this == INSERTED;
        }
    }

    private final String[] fieldNames;
    private final int fields;
    private final int hidden;
    private final int maxLength;

    private int size;
    private long floorTimestamp = Long.MIN_VALUE;
    private long floorKey = Long.MIN_VALUE;
    private long erasedThrough = Long.MIN_VALUE;

    /** [capacity]. */
    private long[] eventKeys;

    /** [capacity], ms. */
    private long[] timestamps;

    /** [capacity, fields]. */
    private int[] rows;

    /** [capacity, H]. */
    private float[] states;

    /** {@link FieldValues} of behavior t. */
    private byte[][] values;

    /**
     * @param fieldNames names of the behavior fields, in the model's order
     * @param hidden H; 0 for a model without interest states
     * @param maxLength L, at least 1
     */
    public InterestHistory(String[] fieldNames, int hidden, int maxLength) {
        this.fieldNames = fieldNames;
        this.fields = fieldNames.length;
        this.hidden = hidden;
        this.maxLength = maxLength;
        allocate(Math.min(FIRST_CAPACITY, maxLength + 1));
    }

    private void allocate(int capacity) {
        eventKeys = new long[capacity];
        timestamps = new long[capacity];
        rows = new int[capacity * fields];
        states = new float[capacity * hidden];
        values = new byte[capacity][];
    }

    /** Applies one behavior; see the class comment. */
    public Outcome add(Behavior b, InterestExtractor extractor, InterestExtractor.Scratch s) {
        Outcome outcome = place(b);
        if (outcome.changes()) {
            int leaving = Retention.leaving(size, maxLength);
            int dirty = indexOf(b.eventKey());
            if (leaving > 0) {
                evict(leaving);
                dirty = 0;
            }
            extract(dirty, extractor, s);
        }
        return outcome;
    }

    /** Puts one behavior in its place, if it has one; nothing leaves, no states are computed. */
    public Outcome place(Behavior b) {
        if (holds(b.eventKey())) {
            return Outcome.DUPLICATE;
        }
        if (b.timestamp() <= erasedThrough) {
            return Outcome.ERASED;
        }
        if (!isAfterFloor(b.timestamp(), b.eventKey())) {
            return Outcome.LATE;
        }
        int at = position(b.timestamp(), b.eventKey());
        insert(at, b);
        return at == size - 1 ? Outcome.APPENDED : Outcome.INSERTED;
    }

    /**
     * Erases the behaviors at or before {@code timestamp}, those that have not arrived yet
     * included; the states of the rest are run from zero. Erasures commute and repeat without
     * effect.
     *
     * @return how many retained behaviors went
     */
    public int erase(long timestamp, InterestExtractor extractor, InterestExtractor.Scratch s) {
        erasedThrough = Math.max(erasedThrough, timestamp);
        int gone = prefix(timestamp);
        if (gone > 0) {
            drop(gone);
            extract(0, extractor, s);
        }
        return gone;
    }

    /** Computes the interest states from behavior {@code from} on, whose predecessor has one. */
    void extract(int from, InterestExtractor extractor, InterestExtractor.Scratch s) {
        for (int t = from; t < size; t++) {
            extractor.step(rows, t, states, s);
        }
    }

    /** How many of the oldest behaviors a request at {@code timestamp} sees. */
    public int prefix(long timestamp) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (timestamps[middle] <= timestamp) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private boolean isAfterFloor(long timestamp, long key) {
        return timestamp > floorTimestamp || (timestamp == floorTimestamp && key > floorKey);
    }

    /** Whether the event is retained. */
    public boolean holds(long eventKey) {
        return indexOf(eventKey) >= 0;
    }

    private int indexOf(long eventKey) {
        for (int t = size - 1; t >= 0; t--) {
            if (eventKeys[t] == eventKey) {
                return t;
            }
        }
        return -1;
    }

    private int position(long timestamp, long key) {
        int at = size;
        while (at > 0 && !isAfter(at - 1, timestamp, key)) {
            at--;
        }
        return at;
    }

    private void insert(int at, Behavior b) {
        ensureCapacity(size + 1);
        int after = size - at;
        System.arraycopy(eventKeys, at, eventKeys, at + 1, after);
        System.arraycopy(timestamps, at, timestamps, at + 1, after);
        System.arraycopy(rows, at * fields, rows, (at + 1) * fields, after * fields);
        System.arraycopy(values, at, values, at + 1, after);
        eventKeys[at] = b.eventKey();
        timestamps[at] = b.timestamp();
        System.arraycopy(b.rows(), 0, rows, at * fields, fields);
        values[at] = b.values();
        size++;
    }

    private void evict(int oldest) {
        floorTimestamp = timestamps[oldest - 1];
        floorKey = eventKeys[oldest - 1];
        drop(oldest);
    }

    private void drop(int oldest) {
        int rest = size - oldest;
        System.arraycopy(eventKeys, oldest, eventKeys, 0, rest);
        System.arraycopy(timestamps, oldest, timestamps, 0, rest);
        System.arraycopy(rows, oldest * fields, rows, 0, rest * fields);
        System.arraycopy(values, oldest, values, 0, rest);
        Arrays.fill(values, rest, size, null);
        size = rest;
    }

    private void ensureCapacity(int needed) {
        if (needed <= eventKeys.length) {
            return;
        }
        int capacity = Math.max(needed, Math.min(2 * eventKeys.length, maxLength + 1));
        eventKeys = Arrays.copyOf(eventKeys, capacity);
        timestamps = Arrays.copyOf(timestamps, capacity);
        rows = Arrays.copyOf(rows, capacity * fields);
        states = Arrays.copyOf(states, capacity * hidden);
        values = Arrays.copyOf(values, capacity);
    }

    /** A deep copy; field values are shared, they never change. */
    public InterestHistory copy() {
        return slice(0, hidden);
    }

    private InterestHistory slice(int from, int states) {
        InterestHistory slice = new InterestHistory(fieldNames, states, maxLength);
        slice.append(this, from);
        slice.setFloor(floorTimestamp, floorKey);
        slice.setErasedThrough(erasedThrough);
        return slice;
    }

    /**
     * A copy of the behaviors from {@code from} on without interest states, with the floor and the
     * erasure: what comes after its first row is placed there as it would be here.
     */
    public InterestHistory behaviors(int from) {
        return slice(from, 0);
    }

    /**
     * Appends the behaviors of {@code newer} from {@code from} on as they are, states included
     * where both have them.
     */
    public void append(InterestHistory newer, int from) {
        int more = newer.size - from;
        ensureCapacity(size + more);
        System.arraycopy(newer.eventKeys, from, eventKeys, size, more);
        System.arraycopy(newer.timestamps, from, timestamps, size, more);
        System.arraycopy(newer.rows, from * fields, rows, size * fields, more * fields);
        if (newer.hidden == hidden) {
            System.arraycopy(newer.states, from * hidden, states, size * hidden, more * hidden);
        }
        System.arraycopy(newer.values, from, values, size, more);
        size += more;
    }

    /** Whether a behavior at {@code timestamp} with this key comes after the one at {@code t}. */
    public boolean isAfter(int t, long timestamp, long eventKey) {
        return timestamp > timestamps[t] || (timestamp == timestamps[t] && eventKey > eventKeys[t]);
    }

    /** Restores a row as a codec read it, after the newest one; states go to {@link #states}. */
    public void restore(long eventKey, long timestamp, int[] rowIds, byte[] value) {
        insert(size, new Behavior(eventKey, timestamp, rowIds, value));
    }

    /** Forgets the behaviors past the first {@code length}: a snapshot's point in time. */
    public void truncate(int length) {
        Arrays.fill(values, length, size, null);
        size = length;
    }

    public void setFloor(long timestamp, long eventKey) {
        floorTimestamp = timestamp;
        floorKey = eventKey;
    }

    public void setErasedThrough(long timestamp) {
        erasedThrough = timestamp;
    }

    /** Event time of the user's last erasure, ms; Long.MIN_VALUE before the first. */
    public long erasedThrough() {
        return erasedThrough;
    }

    /** T. */
    public int size() {
        return size;
    }

    /** H, or 0. */
    public int hidden() {
        return hidden;
    }

    /** L. */
    public int maxLength() {
        return maxLength;
    }

    /** Names of the behavior fields. */
    public String[] fieldNames() {
        return fieldNames;
    }

    /** Event time of the newest behavior ever evicted, ms; Long.MIN_VALUE before the first. */
    public long floorTimestamp() {
        return floorTimestamp;
    }

    /** Event key that goes with {@link #floorTimestamp}. */
    public long floorKey() {
        return floorKey;
    }

    public long timestamp(int t) {
        return timestamps[t];
    }

    public long eventKey(int t) {
        return eventKeys[t];
    }

    /** {@link FieldValues} of behavior t. */
    public byte[] values(int t) {
        return values[t];
    }

    /** [at least T, fields], not copied. */
    public int[] rows() {
        return rows;
    }

    /** [at least T, H], not copied: row t is h_{t+1} of the paper's counting from 1. */
    public float[] states() {
        return states;
    }
}
