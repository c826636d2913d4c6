package io.dienstream.job.state;

import io.dienstream.dien.history.Behavior;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;

/**
 * A user's newest behaviors, kept apart from the {@link StoredHistory} they follow: a behavior
 * reads and writes these few rows instead of the whole history. They have no interest states:
 * whoever reads the history takes their steps.
 *
 * @param modelFingerprint stamp of the model that computed the interest states, the history's too
 * @param touched as {@link StoredHistory#touched}
 * @param sealedKeys {@link #digest} of each event key that the stored history keeps, oldest first
 * @param rows row 0 repeats the stored history's newest behavior; the rows after it are the tail.
 *     Floor, erasure and the number of behaviors that were placed are the user's
 */
record StoredTail(long modelFingerprint, long touched, short[] sealedKeys, InterestHistory rows) {

    /** The empty tail of a stored history that has behaviors. */
    static StoredTail after(StoredHistory stored) {
        InterestHistory history = stored.history();
        short[] keys = new short[history.older() + history.size()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = digest(history.eventKey(i - history.older()).high());
        }
        return new StoredTail(
                stored.modelFingerprint(),
                stored.touched(),
                keys,
                history.behaviors(history.size() - 1));
    }

    /** The same rows, touched {@code now}. */
    StoredTail touchedAt(long now) {
        return new StoredTail(modelFingerprint, now, sealedKeys, rows);
    }

    /** How many behaviors the tail holds, row 0 not counted. */
    int length() {
        return rows.size() - 1;
    }

    /** How many behaviors the stored history keeps. */
    int sealed() {
        return sealedKeys.length;
    }

    /** Whether one behavior more leaves the model with all that it sees. */
    boolean hasRoomUnder(HistoryModel model) {
        int kept = sealed() + length();
        return model.seen(rows.placed() + 1, kept + 1) > model.seen(rows.placed(), kept);
    }

    /** False: the stored history surely holds no such event. True: it has to be asked. */
    boolean mayHold(Behavior b) {
        short digest = digest(b.eventKey().high());
        short earlier = digest(b.earlierKey());
        for (short key : sealedKeys) {
            if (key == digest || key == earlier) {
                return true;
            }
        }
        return false;
    }

    /** Stored history and tail as the one history that they are; both stay as they were. */
    StoredHistory join(StoredHistory stored) {
        InterestHistory whole = stored.history().copy();
        whole.append(rows, 1);
        return new StoredHistory(modelFingerprint, touched, whole, stored.history().size());
    }

    /** 16 bits of half an event key: numbers that follow one another must not collide. */
    static short digest(long eventKey) {
        return (short) ((eventKey * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - Short.SIZE));
    }
}
