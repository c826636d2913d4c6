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
 * erased, and when one comes late or looks like a duplicate. States that another model computed are
 * rebuilt on first touch, so nobody ever sees two models' states mixed.
 */
final class CurrentHistory {
    /** A tail grows to L / 4: full when the next eviction rewrites the whole history anyway. */
    private static final int TAIL_SHARE = 4;

    private final HistoryParts parts;
    private final HistoryModel model;
    private final InterestExtractor.Scratch scratch;
    private final int longestTail;
    private long rebuilds;

    CurrentHistory(HistoryParts parts, HistoryModel model) {
        this.parts = parts;
        this.model = model;
        scratch = model.newScratch();
        longestTail = Math.max(1, model.maxLength() / TAIL_SHARE);
    }

    /** A new empty one for a cold user. */
    InterestHistory get() throws IOException {
        return of(parts.whole());
    }

    private InterestHistory of(StoredHistory stored) throws IOException {
        if (stored == null) {
            return model.newHistory();
        }
        if (stored.modelFingerprint() == model.fingerprint()) {
            return stored.history();
        }
        rebuilds++;
        InterestHistory rebuilt = model.rebuild(stored.history(), scratch);
        parts.storeWhole(new StoredHistory(model.fingerprint(), stored.touched(), rebuilt));
        return rebuilt;
    }

    Applied add(Behavior b, long now) throws IOException {
        StoredTail tail = parts.tail();
        return tail != null && belongsTo(tail, b)
                ? addToTail(tail, b, now)
                : addToWhole(tail, b, now);
    }

    /** Whether the tail alone can tell what becomes of the behavior. */
    private boolean belongsTo(StoredTail tail, Behavior b) {
        return tail.modelFingerprint() == model.fingerprint()
                && tail.length() < longestTail
                && tail.total() < model.maxLength()
                && tail.rows().isAfter(0, b.timestamp(), b.eventKey())
                && !tail.mayHold(b.eventKey());
    }

    private Applied addToTail(StoredTail tail, Behavior b, long now) throws IOException {
        InterestHistory.Outcome outcome = model.add(tail.rows(), b, scratch);
        if (outcome.changes()) {
            parts.storeTail(tail.touchedAt(now));
        }
        return new Applied(outcome, 0, false);
    }

    private Applied addToWhole(StoredTail tail, Behavior b, long now) throws IOException {
        StoredHistory stored = parts.whole(tail);
        InterestHistory whole = of(stored);
        if (tail == null && whole.size() > longestTail) {
            StoredTail first = StoredTail.after(new StoredHistory(model.fingerprint(), now, whole));
            if (belongsTo(first, b)) {
                return addToTail(first, b, now);
            }
        }
        int before = whole.size();
        InterestHistory.Outcome outcome = model.add(whole, b, scratch);
        if (!outcome.changes()) {
            return new Applied(outcome, 0, false);
        }
        parts.storeWhole(new StoredHistory(model.fingerprint(), now, whole));
        return new Applied(outcome, before + 1 - whole.size(), stored == null);
    }

    /** Whether the user had no state before. */
    boolean erase(long timestamp, long now) throws IOException {
        StoredHistory stored = parts.whole();
        InterestHistory whole = of(stored);
        model.erase(whole, timestamp, scratch);
        parts.storeWhole(new StoredHistory(model.fingerprint(), now, whole));
        return stored == null;
    }

    long rebuilds() {
        return rebuilds;
    }
}
