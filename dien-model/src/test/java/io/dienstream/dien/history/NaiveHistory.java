package io.dienstream.dien.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** The retention, order and duplicate rules in as few words as possible: lists, no states. */
final class NaiveHistory {
    private static final Comparator<Behavior> ORDER =
            Comparator.comparingLong(Behavior::timestamp).thenComparing(Behavior::eventKey);

    private final int maxLength;
    private final int limit;
    private final List<Behavior> kept = new ArrayList<>();
    private long placed;
    private Behavior floor;
    private long erasedThrough = Long.MIN_VALUE;

    NaiveHistory(int maxLength, int limit) {
        this.maxLength = maxLength;
        this.limit = limit;
    }

    InterestHistory.Outcome add(Behavior b) {
        if (kept.stream().anyMatch(r -> r.eventKey().equals(b.eventKey()))) {
            return InterestHistory.Outcome.DUPLICATE;
        }
        if (b.timestamp() <= erasedThrough) {
            return InterestHistory.Outcome.ERASED;
        }
        if (floor != null && ORDER.compare(b, floor) <= 0) {
            return InterestHistory.Outcome.LATE;
        }
        boolean newest = kept.stream().allMatch(r -> ORDER.compare(r, b) < 0);
        kept.add(b);
        kept.sort(ORDER);
        placed++;
        trim();
        return newest ? InterestHistory.Outcome.APPENDED : InterestHistory.Outcome.INSERTED;
    }

    private void trim() {
        int most = limit > maxLength ? limit : seen().size();
        while (kept.size() > most) {
            floor = kept.remove(0);
        }
    }

    /** What a model sees: as many as it would after as many behaviors in order. */
    List<Behavior> seen() {
        int length = 0;
        for (long n = 1; n <= placed; n++) {
            length++;
            if (length > maxLength) {
                length -= (int) Math.ceil(maxLength / 4.0);
            }
        }
        return kept.subList(Math.max(0, kept.size() - length), kept.size());
    }

    void erase(long timestamp) {
        erasedThrough = Math.max(erasedThrough, timestamp);
        if (kept.removeIf(b -> b.timestamp() <= timestamp)) {
            placed = kept.size();
        }
    }

    /** What a model with another length makes of the same behaviors. */
    NaiveHistory under(int length, UnaryOperator<Behavior> encoded) {
        NaiveHistory other = new NaiveHistory(length, Math.max(length, limit));
        other.floor = floor;
        other.erasedThrough = erasedThrough;
        other.placed = placed;
        kept.forEach(b -> other.kept.add(encoded.apply(b)));
        other.trim();
        return other;
    }

    int prefix(long timestamp) {
        return (int) seen().stream().filter(b -> b.timestamp() <= timestamp).count();
    }
}
