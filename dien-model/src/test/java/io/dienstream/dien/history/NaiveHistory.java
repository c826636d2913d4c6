package io.dienstream.dien.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** The retention, order and duplicate rules in as few words as possible: lists, no states. */
final class NaiveHistory {
    private static final Comparator<Behavior> ORDER =
            Comparator.comparingLong(Behavior::timestamp).thenComparingLong(Behavior::eventKey);

    private final int maxLength;
    final List<Behavior> retained = new ArrayList<>();
    private Behavior floor;
    private long erasedThrough = Long.MIN_VALUE;

    NaiveHistory(int maxLength) {
        this.maxLength = maxLength;
    }

    InterestHistory.Outcome add(Behavior b) {
        if (retained.stream().anyMatch(r -> r.eventKey() == b.eventKey())) {
            return InterestHistory.Outcome.DUPLICATE;
        }
        if (b.timestamp() <= erasedThrough) {
            return InterestHistory.Outcome.ERASED;
        }
        if (floor != null && ORDER.compare(b, floor) <= 0) {
            return InterestHistory.Outcome.LATE;
        }
        boolean newest = retained.stream().allMatch(r -> ORDER.compare(r, b) < 0);
        retained.add(b);
        retained.sort(ORDER);
        if (retained.size() > maxLength) {
            int leaving = (int) Math.ceil(maxLength / 4.0);
            floor = retained.get(leaving - 1);
            retained.subList(0, leaving).clear();
        }
        return newest ? InterestHistory.Outcome.APPENDED : InterestHistory.Outcome.INSERTED;
    }

    void erase(long timestamp) {
        erasedThrough = Math.max(erasedThrough, timestamp);
        retained.removeIf(b -> b.timestamp() <= timestamp);
    }

    /** What a model that keeps {@code length} makes of the same behaviors. */
    NaiveHistory under(int length, UnaryOperator<Behavior> encoded) {
        NaiveHistory other = new NaiveHistory(length);
        other.floor = floor;
        other.erasedThrough = erasedThrough;
        retained.forEach(b -> other.add(encoded.apply(b)));
        return other;
    }

    int prefix(long timestamp) {
        return (int) retained.stream().filter(b -> b.timestamp() <= timestamp).count();
    }
}
