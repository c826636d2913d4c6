package io.dienstream.dien.history;

import io.dienstream.dien.layer.InterestExtractor;
import java.util.Arrays;

/**
 * One user's rolling behaviors and their interest states: the T behaviors that a model sees, oldest
 * first, ordered by (timestamp, event key), T at most {@code maxLength} L; and, where a longer
 * model is to find them, older ones that are kept without states.
 *
 * <p>The interest states are always the extractor run from zero over the seen behaviors. When a
 * behavior arrives at a full history, the oldest ceil(L/4) are seen no more and the states of the
 * rest are rebuilt from zero, which is O(1) steps a behavior, amortised. So of n behaviors that
 * were placed since the first, or since the last erasure that took any (those that it left
 * included), a model sees the newest {@link Retention#seen}, a function of n and L alone. What is
 * seen no more is gone; only where more than L are to be kept, the newest of them stay up to that
 * number. A model with another L sees what the rule leaves it of those.
 *
 * <p>A late behavior is put in its place and the states after it are recomputed; one not newer than
 * the newest behavior that has gone (the floor) is refused, because its place is gone. An erasure
 * drops all behaviors up to its time and refuses those that come later.
 *
 * <p>Not thread safe. Positions t count from the oldest behavior that is seen; those that are only
 * kept are before it, from {@code -older()} to -1. Arrays are flat and handed out uncopied to
 * codecs and the scorer.
 */
public final class InterestHistory {
    private static final int FIRST_CAPACITY = 8;

    /** What became of a behavior. */
    public enum Outcome {
        /** Newest of all: one step. */
        APPENDED,
        /** Put in its place; the states after it were recomputed. */
        INSERTED,
        /** Its event is kept already; nothing changed. */
        DUPLICATE,
        /** Not newer than the newest behavior that has gone; nothing changed. */
        LATE,
        /** Not newer than the user's last erasure; nothing changed. */
        ERASED;

        /** Whether the history is another one than before. */
        public boolean changes() {
            return this == APPENDED || this == INSERTED;
        }
    }

    private final String[] fieldNames;
    private final int hidden;
    private final int maxLength;
    private final KeptBehaviors kept;
    private int limit;

    /** How many of those that are kept are not seen, all of them older. */
    private int older;

    private long placed;
    private long floorTimestamp = Long.MIN_VALUE;
    private EventKey floorKey = new EventKey(Long.MIN_VALUE, 0);
    private long erasedThrough = Long.MIN_VALUE;

    /** [at least T, H]; row t is of behavior t. */
    private float[] states;

    /** One that keeps what is seen. */
    public InterestHistory(String[] fieldNames, int hidden, int maxLength) {
        this(fieldNames, hidden, maxLength, maxLength);
    }

    /**
     * @param fieldNames names of the behavior fields, in the model's order
     * @param hidden H; 0 for a model without interest states
     * @param maxLength L, at least 1
     * @param limit how many behaviors are kept at most; L: those that are seen
     */
    public InterestHistory(String[] fieldNames, int hidden, int maxLength, int limit) {
        this.fieldNames = fieldNames;
        this.hidden = hidden;
        this.maxLength = maxLength;
        this.limit = limit;
        int capacity = Math.min(FIRST_CAPACITY, maxLength + 1);
        int most = Math.max(limit, maxLength) + 1;
        kept = new KeptBehaviors(fieldNames.length, capacity, most);
        states = new float[capacity * hidden];
    }

    /** Applies one behavior; see the class comment. */
    public Outcome add(Behavior b, InterestExtractor extractor, InterestExtractor.Scratch s) {
        int before = older;
        Outcome outcome = place(b);
        if (outcome.changes()) {
            int at = kept.indexOf(b);
            older = kept.size() - seen();
            // where the first that is seen is still the same, so are the states before the new one
            int dirty = older == before && at >= older ? at - older : 0;
            evict();
            extract(dirty, extractor, s);
        }
        return outcome;
    }

    /** Puts one behavior in its place, if it has one; nothing leaves, no states are computed. */
    public Outcome place(Behavior b) {
        if (holds(b)) {
            return Outcome.DUPLICATE;
        }
        if (b.timestamp() <= erasedThrough) {
            return Outcome.ERASED;
        }
        if (!isAfterFloor(b)) {
            return Outcome.LATE;
        }
        int at = kept.position(b.timestamp(), b.eventKey());
        kept.insert(at, b);
        placed++;
        return at == kept.size() - 1 ? Outcome.APPENDED : Outcome.INSERTED;
    }

    private boolean isAfterFloor(Behavior b) {
        if (b.timestamp() != floorTimestamp) {
            return b.timestamp() > floorTimestamp;
        }
        return floorKey.isEarlier()
                ? b.earlierKey() > floorKey.high()
                : b.eventKey().compareTo(floorKey) > 0;
    }

    /**
     * Erases the behaviors at or before {@code timestamp}, those that have not arrived yet
     * included; the states of the rest are run from zero. Erasures commute and repeat without
     * effect.
     *
     * @return how many behaviors went
     */
    public int erase(long timestamp, InterestExtractor extractor, InterestExtractor.Scratch s) {
        erasedThrough = Math.max(erasedThrough, timestamp);
        int gone = kept.notAfter(timestamp);
        if (gone > 0) {
            kept.drop(gone);
            setPlaced(kept.size());
            extract(0, extractor, s);
        }
        return gone;
    }

    /** Computes the interest states from behavior {@code from} on, whose predecessor has one. */
    void extract(int from, InterestExtractor extractor, InterestExtractor.Scratch s) {
        ensureStates();
        for (int t = from; t < size(); t++) {
            extractor.step(kept.rows(), row(t), states, t, s);
        }
    }

    private void ensureStates() {
        int needed = size() * hidden;
        if (needed > states.length) {
            int most = (maxLength + 1) * hidden;
            states = Arrays.copyOf(states, Math.max(needed, Math.min(2 * states.length, most)));
        }
    }

    /** How many of those that are kept the model sees. */
    private int seen() {
        return Math.min(Retention.seen(placed, maxLength), kept.size());
    }

    /** Lets go what is neither seen nor to be kept. */
    private void evict() {
        int leaving = kept.size() - (limit > maxLength ? limit : size());
        if (leaving > 0) {
            floorTimestamp = kept.timestamp(leaving - 1);
            floorKey = kept.eventKey(leaving - 1);
            kept.drop(leaving);
            older -= leaving;
        }
    }

    /** How many of the behaviors that are seen a request at {@code timestamp} sees, the oldest. */
    public int prefix(long timestamp) {
        return Math.max(0, kept.notAfter(timestamp) - older);
    }

    /** Whether the event is kept. */
    public boolean holds(Behavior b) {
        return kept.indexOf(b) >= 0;
    }

    /** Whether a behavior at {@code timestamp} with this key comes after behavior t. */
    public boolean isAfter(int t, long timestamp, EventKey key) {
        return kept.isAfter(older + t, timestamp, key);
    }

    /** A deep copy; field values are shared, they never change. */
    public InterestHistory copy() {
        InterestHistory copy = slice(0, hidden);
        copy.older = older;
        copy.ensureStates();
        System.arraycopy(states, 0, copy.states, 0, size() * hidden);
        return copy;
    }

    private InterestHistory slice(int from, int states) {
        InterestHistory slice = new InterestHistory(fieldNames, states, maxLength, limit);
        slice.kept.append(kept, from);
        slice.placed = placed;
        slice.floorTimestamp = floorTimestamp;
        slice.floorKey = floorKey;
        slice.erasedThrough = erasedThrough;
        return slice;
    }

    /**
     * A copy of the behaviors from t = {@code from}, at least 0, on, without interest states, with
     * the floor and the erasure: what comes after its first row is placed there as it would be
     * here.
     */
    public InterestHistory behaviors(int from) {
        return slice(older + from, 0);
    }

    /**
     * Appends the behaviors of {@code newer} from {@code from} on, which were placed there after
     * all that is here, and by which none that was seen has left: their states stand.
     */
    public void append(InterestHistory newer, int from) {
        kept.append(newer.kept, from);
        setPlaced(newer.placed);
    }

    /** Restores a row as a codec read it, after the newest one; states go to {@link #states}. */
    public void restore(Behavior b) {
        kept.insert(kept.size(), b);
    }

    /** Forgets the behaviors past the first {@code length} that are seen, as if never placed. */
    public void truncate(int length) {
        placed -= size() - length;
        kept.truncate(older + length);
    }

    /** Says how many behaviors were placed, when all that are kept are here. */
    public void setPlaced(long count) {
        placed = count;
        older = kept.size() - seen();
        evict();
    }

    /** Sets how many behaviors are kept at most, L: those that are seen. What is beyond it goes. */
    public void setLimit(int most) {
        limit = most;
        evict();
    }

    public void setFloor(long timestamp, EventKey key) {
        floorTimestamp = timestamp;
        floorKey = key;
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
        return kept.size() - older;
    }

    /** How many behaviors are kept that are not seen, all of them older. */
    public int older() {
        return older;
    }

    /** How many behaviors are kept at most; L: those that are seen. */
    public int limit() {
        return limit;
    }

    /** How many behaviors were placed; see the class comment. */
    public long placed() {
        return placed;
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

    /** Event time of the newest behavior that has gone, ms; Long.MIN_VALUE before the first. */
    public long floorTimestamp() {
        return floorTimestamp;
    }

    /** Event key that goes with {@link #floorTimestamp}. */
    public EventKey floorKey() {
        return floorKey;
    }

    public long timestamp(int t) {
        return kept.timestamp(older + t);
    }

    public EventKey eventKey(int t) {
        return kept.eventKey(older + t);
    }

    /** {@link FieldValues} of the model's fields of behavior t. */
    public byte[] values(int t) {
        return kept.values(older + t);
    }

    /** The fields of behavior t that the model does not have. */
    public OtherFields others(int t) {
        return kept.others(older + t);
    }

    /** Where the row ids of behavior t begin in {@link #rows}. */
    public int row(int t) {
        return (older + t) * fieldNames.length;
    }

    /** Row ids of all behaviors that are kept, not copied; see {@link #row}. */
    public int[] rows() {
        return kept.rows();
    }

    /** [at least T, H], not copied: row t is h_{t+1} of the paper's counting from 1. */
    public float[] states() {
        ensureStates();
        return states;
    }
}
