package io.dienstream.dien;

import java.util.Arrays;

/**
 * The candidates of a request whose rows differ: those that repeat are scored once. A hash table
 * over the rows, kept from request to request. Not thread safe.
 */
final class DistinctCandidates {
    private static final int HASH = 0x9E3779B9;

    /** Slot of each candidate, [N]. */
    private int[] slots = new int[0];

    /** First candidate of each slot. */
    private int[] candidates = new int[0];

    /** Slot + 1, or 0; twice as many as candidates at the least, a power of two. */
    private int[] table = new int[0];

    private int count;

    /** Finds them; the answers of the methods below are about this request. */
    void find(EncodedRequest request) {
        int n = request.candidates();
        if (slots.length < n) {
            slots = new int[n];
            candidates = new int[n];
            table = new int[Integer.highestOneBit(n) * 4];
        }
        Arrays.fill(table, 0);
        count = 0;
        for (int i = 0; i < n; i++) {
            slots[i] = slot(request, i);
        }
    }

    private int slot(EncodedRequest request, int candidate) {
        int mask = table.length - 1;
        int hash = request.hash(candidate) * HASH;
        for (int at = (hash >>> 7) & mask; ; at = (at + 1) & mask) {
            if (table[at] == 0) {
                candidates[count] = candidate;
                table[at] = ++count;
                return count - 1;
            }
            if (request.isSame(candidates[table[at] - 1], candidate)) {
                return table[at] - 1;
            }
        }
    }

    /** How many there are. */
    int count() {
        return count;
    }

    /** The first candidate of a slot. */
    int candidate(int slot) {
        return candidates[slot];
    }

    /** The slot of a candidate. */
    int of(int candidate) {
        return slots[candidate];
    }
}
