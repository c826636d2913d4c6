package io.dienstream.sandbox;

import io.dienstream.datasets.simulate.Simulator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Simulated requests that have no answer yet. Thread safe. */
final class OpenRequests {
    /**
     * By how much an answer may be behind its own request, ms: what an open request may have seen
     * is kept so much longer.
     */
    static final long BEHIND_MS = 60_000;

    private final Map<String, Sent> open = new ConcurrentHashMap<>();
    private volatile boolean caughtUp;

    /**
     * @param nanoTime when it was sent
     * @param live whether the job had caught up with the users' past
     */
    record Sent(Simulator.Truth truth, long nanoTime, boolean live) {}

    /** Before it is sent. */
    void add(Simulator.Truth truth) {
        open.put(truth.request().getRequestId(), new Sent(truth, System.nanoTime(), caughtUp));
    }

    /** Takes a request that is answered; null where it is not ours, or was taken before. */
    Sent take(String requestId) {
        return open.remove(requestId);
    }

    int size() {
        return open.size();
    }

    /** The job has applied the past, as answers tell. */
    void caughtUp() {
        caughtUp = true;
    }

    boolean isCaughtUp() {
        return caughtUp;
    }

    /**
     * Event time of the oldest one, ms, or now. Until the job has caught up any answer may be far
     * behind the times of the past that was sent.
     */
    long oldest() {
        if (!caughtUp) {
            return Long.MIN_VALUE + BEHIND_MS;
        }
        long oldest = System.currentTimeMillis();
        for (Sent one : open.values()) {
            oldest = Math.min(oldest, one.truth().request().getTimestamp());
        }
        return oldest;
    }
}
