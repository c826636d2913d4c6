package io.dienstream.train.network;

/** Row numbers, each once, in order of appearance: a hash table of a batch's size. */
final class DistinctRows {
    /** 2^32 / golden ratio: neighbors come to lie far from each other. */
    private static final int SPREAD = 0x9E3779B9;

    private final int[] rows;
    private final int[] slots;
    private final int shift;
    private int count;

    /**
     * @param most that there may be
     */
    DistinctRows(int most) {
        int bits = 33 - Integer.numberOfLeadingZeros(Math.max(1, most));
        rows = new int[most];
        slots = new int[1 << bits];
        shift = Integer.SIZE - bits;
    }

    /** The place of each. */
    int[] places(int[] rowNumbers) {
        int[] places = new int[rowNumbers.length];
        for (int i = 0; i < places.length; i++) {
            places[i] = place(rowNumbers[i]);
        }
        return places;
    }

    int place(int row) {
        int at = (row * SPREAD) >>> shift;
        while (slots[at] != 0) { // holds a place + 1
            if (rows[slots[at] - 1] == row) {
                return slots[at] - 1;
            }
            at = (at + 1) & (slots.length - 1);
        }
        rows[count] = row;
        slots[at] = ++count;
        return count - 1;
    }

    /** The distinct ones, by place: the first {@link #count}. */
    int[] rows() {
        return rows;
    }

    int count() {
        return count;
    }
}
