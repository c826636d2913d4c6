package io.dienstream.chaos;

import java.util.ArrayList;
import java.util.List;

/**
 * Every return of the job to a checkpoint older than its newest. What was committed in between
 * comes out again, so then, and only then, an output may stand twice.
 */
final class Rollbacks {
    private final List<Rollback> all = new ArrayList<>();

    /**
     * One return.
     *
     * @param from nothing that the older checkpoint lacks was computed before; ms
     * @param at all processes were dead; ms
     */
    private record Rollback(long from, long at) {
        /** Whether the first was lost to the older checkpoint, so that the second had to come. */
        boolean explains(long first, long second) {
            return from <= first && first <= at && at < second;
        }
    }

    void add(long from, long at) {
        all.add(new Rollback(from, at));
    }

    int size() {
        return all.size();
    }

    /**
     * Whether each repetition has its return.
     *
     * @param computedAt when each copy of an output was computed, ms, ascending
     */
    boolean explain(long[] computedAt) {
        for (int i = 1; i < computedAt.length; i++) {
            long first = computedAt[i - 1];
            long second = computedAt[i];
            if (all.stream().noneMatch(r -> r.explains(first, second))) {
                return false;
            }
        }
        return true;
    }
}
