package io.dienstream.console.feed;

import io.dienstream.schema.DeadLetter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Dead letters: the newest ones, and how many there were by reason. Thread safe. */
public final class RecentLetters {
    private static final int MOST_REASONS = 64;
    private static final String OTHERS = "(others)";

    private final Ring<String, DeadLetter> letters;
    private final Map<String, Long> counts = new TreeMap<>();

    /**
     * @param most letters
     */
    public RecentLetters(int most) {
        letters = new Ring<>(most);
    }

    /** Where the record of a letter came from, which names the letter too. */
    public static String origin(DeadLetter letter) {
        return origin(
                letter.getOriginTopic(), letter.getOriginPartition(), letter.getOriginOffset());
    }

    /** Likewise. */
    public static String origin(String topic, int partition, long offset) {
        return topic + "-" + partition + "@" + offset;
    }

    public synchronized void add(DeadLetter letter) {
        letters.put(origin(letter), letter);
        String reason = letter.getReason();
        boolean hasRoom = counts.containsKey(reason) || counts.size() < MOST_REASONS;
        counts.merge(hasRoom ? reason : OTHERS, 1L, Long::sum);
    }

    /** The letter of a record, or null. */
    public synchronized DeadLetter of(String origin) {
        return letters.get(origin);
    }

    /**
     * Newest first.
     *
     * @param reason of them; empty: all
     */
    public synchronized List<DeadLetter> newest(String reason) {
        List<DeadLetter> all = new ArrayList<>();
        for (DeadLetter letter : letters.values()) {
            if (reason.isEmpty() || letter.getReason().equals(reason)) {
                all.add(letter);
            }
        }
        Collections.reverse(all);
        return all;
    }

    /** By reason, of all that were read. */
    public synchronized Map<String, Long> counts() {
        return new TreeMap<>(counts);
    }
}
