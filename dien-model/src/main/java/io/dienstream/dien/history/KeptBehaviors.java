package io.dienstream.dien.history;

import java.util.Arrays;

/**
 * Behaviors in their order, (timestamp, event key), oldest first, one array for each thing that
 * they have. Of what a model sees of them and of what they come to it knows nothing.
 */
final class KeptBehaviors {
    private final int fields;
    private final int most;
    private int size;

    /** {@link EventKey#high} and {@link EventKey#low} of each, [capacity, 2]. */
    private long[] eventKeys;

    /** [capacity], ms. */
    private long[] timestamps;

    /** [capacity, fields]. */
    private int[] rows;

    /** {@link FieldValues} of each, [capacity]. */
    private byte[][] values;

    /** [capacity]. */
    private OtherFields[] others;

    /**
     * @param fields how many rows a behavior has
     * @param capacity to begin with
     * @param most behaviors that there will be, as far as is known
     */
    KeptBehaviors(int fields, int capacity, int most) {
        this.fields = fields;
        this.most = most;
        eventKeys = new long[2 * capacity];
        timestamps = new long[capacity];
        rows = new int[capacity * fields];
        values = new byte[capacity][];
        others = new OtherFields[capacity];
    }

    int size() {
        return size;
    }

    /** Where the event is, or -1. */
    int indexOf(Behavior b) {
        long high = b.eventKey().high();
        long low = b.eventKey().low();
        for (int i = size - 1; i >= 0; i--) {
            long hasHigh = eventKeys[2 * i];
            long hasLow = eventKeys[2 * i + 1];
            if ((hasHigh == high && hasLow == low)
                    || (hasHigh == b.earlierKey() && EventKey.isEarlier(hasHigh, hasLow))) {
                return i;
            }
        }
        return -1;
    }

    /** How many are not newer than {@code timestamp}. */
    int notAfter(long timestamp) {
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

    /** Where a behavior at {@code timestamp} with this key has its place. */
    int position(long timestamp, EventKey key) {
        int at = size;
        while (at > 0 && !isAfter(at - 1, timestamp, key)) {
            at--;
        }
        return at;
    }

    /** Whether a behavior at {@code timestamp} with this key comes after the one at {@code i}. */
    boolean isAfter(int i, long timestamp, EventKey key) {
        return timestamp > timestamps[i]
                || (timestamp == timestamps[i] && key.compareTo(eventKey(i)) > 0);
    }

    void insert(int at, Behavior b) {
        ensureCapacity(size + 1);
        int after = size - at;
        System.arraycopy(eventKeys, 2 * at, eventKeys, 2 * (at + 1), 2 * after);
        System.arraycopy(timestamps, at, timestamps, at + 1, after);
        System.arraycopy(rows, at * fields, rows, (at + 1) * fields, after * fields);
        System.arraycopy(values, at, values, at + 1, after);
        System.arraycopy(others, at, others, at + 1, after);
        eventKeys[2 * at] = b.eventKey().high();
        eventKeys[2 * at + 1] = b.eventKey().low();
        timestamps[at] = b.timestamp();
        System.arraycopy(b.rows(), 0, rows, at * fields, fields);
        values[at] = b.values();
        others[at] = at > 0 ? b.others().sharing(others[at - 1]) : b.others();
        size++;
    }

    /** Appends the rows of {@code newer} from {@code from} on. */
    void append(KeptBehaviors newer, int from) {
        int more = newer.size - from;
        ensureCapacity(size + more);
        System.arraycopy(newer.eventKeys, 2 * from, eventKeys, 2 * size, 2 * more);
        System.arraycopy(newer.timestamps, from, timestamps, size, more);
        System.arraycopy(newer.rows, from * fields, rows, size * fields, more * fields);
        System.arraycopy(newer.values, from, values, size, more);
        System.arraycopy(newer.others, from, others, size, more);
        size += more;
    }

    /** Forgets the oldest. */
    void drop(int oldest) {
        int rest = size - oldest;
        System.arraycopy(eventKeys, 2 * oldest, eventKeys, 0, 2 * rest);
        System.arraycopy(timestamps, oldest, timestamps, 0, rest);
        System.arraycopy(rows, oldest * fields, rows, 0, rest * fields);
        System.arraycopy(values, oldest, values, 0, rest);
        System.arraycopy(others, oldest, others, 0, rest);
        truncate(rest);
    }

    /** Forgets those past the first {@code rest}. */
    void truncate(int rest) {
        Arrays.fill(values, rest, size, null);
        Arrays.fill(others, rest, size, null);
        size = rest;
    }

    private void ensureCapacity(int needed) {
        if (needed <= timestamps.length) {
            return;
        }
        int capacity = Math.max(needed, Math.min(2 * timestamps.length, most));
        eventKeys = Arrays.copyOf(eventKeys, 2 * capacity);
        timestamps = Arrays.copyOf(timestamps, capacity);
        rows = Arrays.copyOf(rows, capacity * fields);
        values = Arrays.copyOf(values, capacity);
        others = Arrays.copyOf(others, capacity);
    }

    EventKey eventKey(int i) {
        return new EventKey(eventKeys[2 * i], eventKeys[2 * i + 1]);
    }

    long timestamp(int i) {
        return timestamps[i];
    }

    byte[] values(int i) {
        return values[i];
    }

    OtherFields others(int i) {
        return others[i];
    }

    /** [capacity, fields], not copied. */
    int[] rows() {
        return rows;
    }
}
