package io.dienstream.sandbox;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.schema.Behavior;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends a simulator's records: first the past as fast as it goes, then a few requests until their
 * answers show that the job has caught up with it, then everything at the set rates by the clock,
 * with one broken record a second. What was sent is kept as long as an answer may need it, to
 * recompute that.
 */
final class Traffic {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long PAST_STEP_MS = 40;
    private static final long NAP_NANOS = 500_000;
    private static final long PROBE_NANOS = 50_000_000;
    private static final int MOST_PROBES = 1_200;

    private final Simulator simulator;
    private LogPlayer player;
    private final SimulatedDemo.Settings settings;
    private final SentBehaviors behaviors;
    private final OpenRequests open = new OpenRequests();
    private final AtomicLong requests = new AtomicLong();
    private volatile long badRecords;

    /**
     * @param longest most behaviors that a model sees
     */
    Traffic(Simulator simulator, SimulatedDemo.Settings settings, int longest) {
        behaviors = new SentBehaviors(longest, OpenRequests.BEHIND_MS);
        this.simulator = simulator;
        this.settings = settings;
    }

    /** Sends it all. */
    void run(LogPlayer to) {
        player = to;
        long now = System.currentTimeMillis();
        for (int n = settings.past(); n > 0; n--) {
            send(simulator.behavior(now - n * PAST_STEP_MS));
        }
        player.flush();
        for (int n = 0; n < MOST_PROBES && !open.isCaughtUp(); n++) {
            ask();
            LockSupport.parkNanos(PROBE_NANOS);
        }
        open.caughtUp();
        long start = System.nanoTime();
        long end = start + settings.duration().toNanos();
        long live = 0;
        long asked = 0;
        for (long t = start; t < end; t = System.nanoTime()) {
            long elapsed = t - start;
            while (live < elapsed * settings.behaviorsPerSecond() / NANOS_PER_SECOND) {
                send(simulator.behavior(System.currentTimeMillis()));
                live++;
            }
            while (asked < elapsed * settings.requestsPerSecond() / NANOS_PER_SECOND) {
                ask();
                asked++;
            }
            while (badRecords < elapsed / NANOS_PER_SECOND) {
                long n = badRecords;
                BrokenRecords.send(n, player);
                badRecords = n + 1;
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
        player.flush();
    }

    /** Starts the clock: the job has applied the past. */
    void caughtUp() {
        open.caughtUp();
    }

    /** Whether the clock is running. */
    boolean isLive() {
        return open.isCaughtUp();
    }

    private void send(Behavior b) {
        behaviors.add(b, open::oldest);
        player.send(b);
    }

    private void ask() {
        Simulator.Truth truth =
                simulator.request(System.currentTimeMillis(), settings.candidates());
        open.add(truth);
        requests.incrementAndGet();
        player.send(truth.request());
    }

    SentBehaviors behaviors() {
        return behaviors;
    }

    long behaviorCount() {
        return behaviors.count();
    }

    long requestCount() {
        return requests.get();
    }

    /** Number of one of our requests, from 0; -1 of somebody else's. */
    long number(String requestId) {
        long number = Simulator.requestNumber(requestId);
        return number < requests.get() ? number : -1;
    }

    /** Takes a request that is answered; null where it is not ours, or was taken before. */
    OpenRequests.Sent take(String requestId) {
        return open.take(requestId);
    }

    long badRecords() {
        return badRecords;
    }
}
