package io.dienstream.chaos;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The requests that wait for an answer, in the order in which they were sent. Thread safe. */
final class UnansweredRequests {
    private final Map<String, Long> sentAt = new LinkedHashMap<>();
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

    synchronized int size() {
        return sentAt.size();
    }

    /**
     * Waits until a request that was sent after {@code since} is answered, and none is older than
     * {@code age}.
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
            wait(Math.min(left, 200));
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

    private long oldestAge() {
        return sentAt.isEmpty()
                ? 0
                : System.currentTimeMillis() - sentAt.values().iterator().next();
    }
}
