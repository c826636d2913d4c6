package io.dienstream.chaos;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Every return of the job to a checkpoint behind outputs that readers may have seen: with
 * transactions only one behind a commit, without them every restart. What was written in between
 * comes out again, so then, and only then, an output may stand twice.
 */
final class Rollbacks {
    private final List<Rollback> all = new ArrayList<>();

    /**
     * One return.
     *
     * @param from nothing that the older checkpoint lacks was computed before; ms
     * @param at nothing that came after the return was computed before; ms
     * @param until what ran before the return was dead by then; ms, not before {@code at}
     */
    record Rollback(long from, long at, long until) {
        /** Whether the first was lost to the older checkpoint, so that the second had to come. */
        boolean explains(long first, long second) {
            return undoes(first) && at < second;
        }

        /** Whether what was computed then may have been lost to the older checkpoint. */
        boolean undoes(long computedAt) {
            return from <= computedAt && computedAt <= until;
        }
    }

    /**
     * Of processes that were all dead.
     *
     * @param from see {@link Rollback}
     */
    void add(long from, long at) {
        add(new Rollback(from, at, at));
    }

    void add(Rollback rollback) {
        all.add(rollback);
        all.sort(Comparator.comparingLong(Rollback::at));
    }

    /** In the order in which they came about. */
    List<Rollback> all() {
        return all;
    }

    int size() {
        return all.size();
    }

    /** Whether what was computed then may have been undone. */
    boolean mayHaveUndone(long computedAt) {
        return all.stream().anyMatch(r -> r.undoes(computedAt));
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
