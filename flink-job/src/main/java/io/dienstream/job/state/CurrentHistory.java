package io.dienstream.job.state;

import io.dienstream.dien.history.Behavior;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.job.state.UserHistoryState.Applied;
import java.io.IOException;

/**
 * The current user's history under the model in use. A behavior that comes in order touches the
 * tail alone; the whole is read and written when the tail is full, when behaviors are evicted or
 * erased, and when one comes out of order or looks like a duplicate. States that another model
 * computed are rebuilt when the history is read, so nobody ever sees two models' states mixed.
 */
final class CurrentHistory {
    /** A tail grows to L / 4: full when the next eviction rewrites the whole history anyway. */
    private static final int TAIL_SHARE = 4;

    /**
     * And to 5 √n behind n stored behaviors. Each behavior writes half a tail of k rows of 30 bytes
     * and 1 / k of reading and writing n rows of 175: least at k = √(4 n 175 / 30).
     */
    private static final double TAIL_ROOT = 5;

    private final HistoryParts parts;
    private final HistoryModel model;
    private final InterestExtractor.Scratch scratch;
    private long rebuilds;

    CurrentHistory(HistoryParts parts, HistoryModel model) {
        this.parts = parts;
        this.model = model;
        scratch = model.newScratch();
    }

    /** A new empty one for a cold user. Writes nothing. */
    InterestHistory get() throws IOException {
        return of(parts.whole());
    }

    /**
     * As {@link #get}, and where another model's states lay the new ones are stored, so that the
     * next reader need not compute them again.
     */
    InterestHistory restamp() throws IOException {
        StoredHistory stored = parts.whole();
        InterestHistory current = of(stored);
        if (stored != null && stored.modelFingerprint() != model.fingerprint()) {
            parts.storeWhole(new StoredHistory(model.fingerprint(), stored.touched(), current));
        }
        return current;
    }

    /** With all interest states, or null for a cold user. */
    StoredHistory stored() throws IOException {
        StoredHistory stored = parts.whole();
        return stored == null
                ? null
                : new StoredHistory(model.fingerprint(), stored.touched(), of(stored));
    }

    private InterestHistory of(StoredHistory stored) throws IOException {
        if (stored == null) {
            return model.newHistory();
        }
        if (stored.modelFingerprint() == model.fingerprint()) {
            model.keep(stored.history());
            model.extract(stored.history(), stored.extracted(), scratch);
            return stored.history();
        }
        rebuilds++;
        return model.rebuild(stored.history(), scratch);
    }

    Applied add(Behavior b) throws IOException {
        StoredTail tail = parts.tail();
        return tail != null && belongsTo(tail, b) ? addToTail(tail, b) : addToWhole(tail, b);
    }

    /** Whether the tail alone can tell what becomes of the behavior. */
    private boolean belongsTo(StoredTail tail, Behavior b) {
        if (tail.modelFingerprint() != model.fingerprint()) {
            return false;
        }
        boolean isAdded =
                tail.length() < longestTail(tail.sealed())
                        && tail.hasRoomUnder(model)
                        && tail.rows().isAfter(0, b.timestamp(), b.eventKey())
                        && !tail.mayHold(b);
        return isAdded || tail.rows().holds(b);
    }

    private int longestTail(int sealed) {
        int byLength = Math.max(1, model.maxLength() / TAIL_SHARE);
        return Math.min(byLength, (int) Math.ceil(TAIL_ROOT * Math.sqrt(sealed)));
    }

    private Applied addToTail(StoredTail tail, Behavior b) throws IOException {
        InterestHistory.Outcome outcome = tail.rows().place(b);
        if (outcome.changes()) {
            parts.storeTail(tail.touchedAt(Math.max(tail.touched(), b.timestamp())));
        }
        return new Applied(outcome, 0, false);
    }

    private Applied addToWhole(StoredTail tail, Behavior b) throws IOException {
        StoredHistory stored = parts.whole(tail);
        InterestHistory whole = of(stored);
        int before = whole.size();
        InterestHistory.Outcome outcome = model.add(whole, b, scratch);
        if (!outcome.changes()) {
            return new Applied(outcome, 0, false);
        }
        long touched = stored == null ? b.timestamp() : Math.max(stored.touched(), b.timestamp());
        parts.storeWhole(new StoredHistory(model.fingerprint(), touched, whole));
        return new Applied(outcome, before + 1 - whole.size(), stored == null);
    }

    /** Whether the user had no state before. */
    boolean erase(long timestamp) throws IOException {
        StoredHistory stored = parts.whole();
        InterestHistory whole = of(stored);
        model.erase(whole, timestamp, scratch);
        long touched = stored == null ? timestamp : stored.touched();
        parts.storeWhole(new StoredHistory(model.fingerprint(), touched, whole));
        return stored == null;
    }

    long rebuilds() {
        return rebuilds;
    }
}
