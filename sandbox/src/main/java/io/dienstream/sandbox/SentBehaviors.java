package io.dienstream.sandbox;

import io.dienstream.schema.Behavior;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The behaviors that an answer to an open request can have been given from, by user: those since a
 * while before the oldest such request, and before them as many as a model sees. So a run may last
 * for days. Thread safe.
 */
final class SentBehaviors {
    private final int longest;
    private final long recentMs;
    private final Map<String, List<Behavior>> byUser = new HashMap<>();
    private long count;

    /**
     * @param longest most behaviors that a model sees
     * @param recentMs by how much an answer may be behind its own request, ms of event time
     */
    SentBehaviors(int longest, long recentMs) {
        this.longest = longest;
        this.recentMs = recentMs;
    }

    /**
     * @param b later than all of its user's before
     * @param oldestOpen event time of the oldest request that has no answer yet, ms
     */
    synchronized void add(Behavior b, LongSupplier oldestOpen) {
        List<Behavior> own = byUser.computeIfAbsent(b.getUserId(), u -> new ArrayList<>());
        own.add(b);
        count++;
        // by half, so that a behavior is moved about once
        if (own.size() > 2 * longest + 1) {
            int older = upTo(own, oldestOpen.getAsLong() - recentMs);
            own.subList(0, Math.max(0, older - longest)).clear();
        }
    }

    /** How many of {@code own} are not after {@code timestamp}. */
    private static int upTo(List<Behavior> own, long timestamp) {
        int low = 0;
        int high = own.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (own.get(middle).getTimestamp() <= timestamp) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * What an answer saw.
     *
     * @param newest event time of the newest behavior in it, or null where it saw none
     * @param length how many it saw
     * @return fewer than {@code length} where there are not so many any more
     */
    synchronized List<Behavior> seen(String user, Long newest, int length) {
        List<Behavior> own = byUser.getOrDefault(user, List.of());
        int end = newest == null ? 0 : upTo(own, newest);
        return List.copyOf(own.subList(Math.max(0, end - length), end));
    }

    /** How many were ever added. */
    synchronized long count() {
        return count;
    }

    /** How many are kept. */
    synchronized int kept() {
        return byUser.values().stream().mapToInt(List::size).sum();
    }
}
