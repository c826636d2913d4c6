package io.dienstream.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests that wait for an answer, in the order in which they were sent, and the clocks: users
 * whose behaviors tell by their times how far the job has come where an answer alone does not,
 * because in latest mode a request may overtake them. Thread safe.
 */
final class UnansweredRequests {
    private static final long LOOK_MS = 200;

    private final Map<String, Long> sentAt = new LinkedHashMap<>();

    /** Times of behaviors that no answer has shown yet, by clock, ascending; ms. */
    private final Map<String, Deque<Long>> unseen = new HashMap<>();

    private long newestAnswered = Long.MIN_VALUE;

    synchronized void sent(String requestId, long now) {
        sentAt.put(requestId, now);
    }

    synchronized void answered(String requestId) {
        Long sent = sentAt.remove(requestId);
        if (sent != null) {
            newestAnswered = Math.max(newestAnswered, sent);
        }
        notifyAll();
    }

    /** A clock's behavior at {@code time} was sent, and a request after it. */
    synchronized void ticked(String clock, long time) {
        unseen.computeIfAbsent(clock, c -> new ArrayDeque<>()).add(time);
    }

    /** An answer shows that a clock's behaviors up to {@code time} have been applied. */
    synchronized void seen(String clock, long time) {
        Deque<Long> times = unseen.get(clock);
        while (times != null && !times.isEmpty() && times.peekFirst() <= time) {
            times.removeFirst();
        }
        notifyAll();
    }

    synchronized int size() {
        return sentAt.size();
    }

    /** Of what waits for longest, ms; 0 where nothing does. */
    synchronized long oldestAge() {
        return System.currentTimeMillis() - oldest();
    }

    private long oldest() {
        long oldest =
                sentAt.isEmpty() ? System.currentTimeMillis() : sentAt.values().iterator().next();
        for (Deque<Long> times : unseen.values()) {
            oldest = times.isEmpty() ? oldest : Math.min(oldest, times.peekFirst());
        }
        return oldest;
    }

    /**
     * Waits until a request that was sent after {@code since} is answered, and nothing waits for
     * longer than {@code age}.
     *
     * @param since ms, as now was in {@link #sent}
     * @return whether that came about within {@code most}
     */
    synchronized boolean awaitCaughtUp(long since, Duration age, Duration most)
            throws InterruptedException {
        long end = System.currentTimeMillis() + most.toMillis();
        while (newestAnswered <= since || oldestAge() > age.toMillis()) {
            long left = end - System.currentTimeMillis();
            if (left <= 0) {
                return false;
            }
            wait(Math.min(left, LOOK_MS));
        }
        return true;
    }

    /** Waits until nothing waits that was sent before {@code time}; whether within {@code most}. */
    synchronized boolean awaitNoneBefore(long time, Duration most) throws InterruptedException {
        long end = System.currentTimeMillis() + most.toMillis();
        while (oldest() < time) {
            long left = end - System.currentTimeMillis();
            if (left <= 0) {
                return false;
            }
            wait(Math.min(left, LOOK_MS));
        }
        return true;
    }

    /** Waits until all are answered; whether they were within {@code most}. */
    synchronized boolean awaitNone(Duration most) throws InterruptedException {
        long end = System.currentTimeMillis() + most.toMillis();
        while (!sentAt.isEmpty()) {
            long left = end - System.currentTimeMillis();
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
