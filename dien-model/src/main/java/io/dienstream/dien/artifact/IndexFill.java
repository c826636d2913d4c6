package io.dienstream.dien.artifact;

import io.dienstream.dien.file.Pace;
import java.io.IOException;
import java.util.Arrays;

/**
 * Fills the slots of a vocabulary's index from the hashes of its lines, a window of slots after the
 * other. Ids come in no order of their slots, and a disk that has to keep up with pages that are
 * written again and again takes many times as long as when they are written in order.
 */
final class IndexFill {
    /** Slots at once: 256 MiB of heap at most, and those for a billion ids alone. */
    private static final int MOST = 1 << 25;

    /** Times that the hashes are gone through where windows may be as large as that needs. */
    private static final int PASSES = 64;

    private static final int LEAST = 1 << 6;

    private final Vocabulary vocabulary;
    private final Longs index;
    private final long slots;
    private final long[] window;
    private final Pace pace;

    /** Entries that found no place up to the end of a window, in their order. */
    private long[] carried = new long[LEAST];

    private int carriedCount;
    private int repeated;
    private int before;

    IndexFill(Vocabulary vocabulary, Longs index, long slots, ArtifactContents.Limits limits) {
        this.vocabulary = vocabulary;
        this.index = index;
        this.slots = slots;
        pace = limits.pace();
        long few = Math.max(limits.mostOnHeap() / Long.BYTES, slots / PASSES);
        long wanted = Math.max(LEAST, Math.min(MOST, few));
        window = new long[(int) Math.min(slots, wanted)];
    }

    /**
     * @param hashes of the lines that count
     */
    void fill(LineHashes hashes) throws IOException {
        for (long from = 0; from < slots; from += window.length) {
            int size = (int) Math.min(window.length, slots - from);
            Arrays.fill(window, 0);
            long[] first = Arrays.copyOf(carried, carriedCount);
            carriedCount = 0;
            for (long entry : first) {
                put(entry, 0, size);
            }
            // behind a line that repeats another only earlier ones are of interest
            int last = repeated == 0 ? hashes.count() : repeated - 1;
            hashes.rewind();
            for (int row = 1; row <= last; row++) {
                long hash = hashes.next();
                long home = Vocabulary.home(hash, slots) - from;
                if (home >= 0 && home < size) {
                    put(Vocabulary.entry(hash, row), (int) home, size);
                }
                if (row % Vocabulary.LINES_BETWEEN_RESTS == 0) {
                    pace.rest();
                }
            }
            for (int n = 0; n < size; n++) {
                index.set(from + n, window[n]);
            }
        }
        for (int n = 0; n < carriedCount; n++) {
            putBehindTheEnd(carried[n]);
        }
    }

    private void put(long entry, int home, int size) {
        int at = home;
        while (at < size && window[at] != 0 && !isRepeated(entry, window[at])) {
            at++;
        }
        if (at == size) {
            if (carriedCount == carried.length) {
                carried = Arrays.copyOf(carried, 2 * carriedCount);
            }
            carried[carriedCount++] = entry;
        } else if (window[at] == 0) {
            window[at] = entry;
        }
    }

    /** From the last window on to the first. */
    private void putBehindTheEnd(long entry) {
        long at = 0;
        while (index.get(at) != 0 && !isRepeated(entry, index.get(at))) {
            at++;
        }
        if (index.get(at) == 0) {
            index.set(at, entry);
        }
    }

    /** Notes the first line, in the file's order, that repeats another. */
    private boolean isRepeated(long entry, long earlier) {
        if ((entry ^ earlier) >>> 32 != 0 || !vocabulary.isSame((int) earlier, (int) entry)) {
            return false;
        }
        if (repeated == 0 || (int) entry < repeated) {
            repeated = (int) entry;
            before = (int) earlier;
        }
        return true;
    }

    /** The first line that repeats another's id; 0 where none does. */
    int repeated() {
        return repeated;
    }

    /** The line whose id it repeats. */
    int before() {
        return before;
    }
}
