package io.dienstream.sandbox;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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

    /** By how much an answer may be behind its own request, ms. */
    private static final long BEHIND_MS = 60_000;

    private final Simulator simulator;
    private LogPlayer player;
    private final SimulatedDemo.Settings settings;
    private final SentBehaviors behaviors;
    private final Map<String, Sent> open = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();
    private volatile long badRecords;
    private volatile boolean caughtUp;

    /**
     * @param nanoTime when it was sent
     * @param live whether the clock was running
     */
    record Sent(Simulator.Truth truth, long nanoTime, boolean live) {}

    /**
     * @param longest most behaviors that a model sees
     */
    Traffic(Simulator simulator, SimulatedDemo.Settings settings, int longest) {
        behaviors = new SentBehaviors(longest, BEHIND_MS);
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
        for (int n = 0; n < MOST_PROBES && !caughtUp; n++) {
            ask();
            LockSupport.parkNanos(PROBE_NANOS);
        }
        caughtUp = true;
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
                sendBroken();
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
        player.flush();
    }

    /** Starts the clock: the job has applied the past. */
    void caughtUp() {
        caughtUp = true;
    }

    /** Whether the clock is running. */
    boolean isLive() {
        return caughtUp;
    }

    private void send(Behavior b) {
        behaviors.add(b, this::oldestOpen);
        player.send(b);
    }

    /**
     * Until the job has caught up, which answers tell, any answer may be far behind the times of
     * the past that was sent.
     */
    private long oldestOpen() {
        if (!caughtUp) {
            return Long.MIN_VALUE + BEHIND_MS;
        }
        long oldest = System.currentTimeMillis();
        for (Sent one : open.values()) {
            oldest = Math.min(oldest, one.truth().request().getTimestamp());
        }
        return oldest;
    }

    private void ask() {
        Simulator.Truth truth =
                simulator.request(System.currentTimeMillis(), settings.candidates());
        open.put(truth.request().getRequestId(), new Sent(truth, System.nanoTime(), caughtUp));
        requests.incrementAndGet();
        player.send(truth.request());
    }

    /** In turn bytes that are no message and a request without candidates. */
    private void sendBroken() {
        long n = badRecords;
        if (n % 2 == 0) {
            byte[] garbage = "not an Avro message".getBytes(StandardCharsets.UTF_8);
            player.send(JobOptions.BEHAVIORS.defaultText(), "u0", garbage);
        } else {
            long now = System.currentTimeMillis();
            player.send(new AdRequest("bad" + n, "u0", now, Map.of(), Map.of(), List.of()));
        }
        badRecords = n + 1;
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
    Sent take(String requestId) {
        return open.remove(requestId);
    }

    long badRecords() {
        return badRecords;
    }
}
