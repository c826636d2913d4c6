package io.dienstream.sandbox;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.operate.kafka.Heartbeats;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Simulated users whose world changes: behaviors and requests at steady rates, clicks when they are
 * due, heartbeats of the ad server, and from time to time a category that begins a new season.
 */
final class LearningTraffic {
    private static final double BEHAVIORS_PER_SECOND = 150;
    private static final double REQUESTS_PER_SECOND = 40;
    private static final int CANDIDATES = 8;
    private static final int PAST = 40_000;
    private static final long PAST_STEP_MS = 20;
    private static final long PROBE_NANOS = 50_000_000;
    private static final int MOST_PROBES = 1_200;
    private static final long NAP_NANOS = 2_000_000;
    private static final double NANOS = 1e9;
    private static final double HEARTBEATS_PER_SECOND = 2;

    /** So far behind the clock the reports of the ad server, and what was served, are complete. */
    private static final long REPORTED_MS = 1_000;

    private static final long SERVED_MS = 5_000;

    /** When the first season begins, and when the last one has: shares of the duration. */
    private static final double SEASONS_FROM = 0.1;

    private static final double SEASONS_UNTIL = 0.6;

    /** How many categories get new ids, the most popular ones. */
    private static final int SEASONS = 20;

    private final Simulator simulator;
    private final Duration duration;
    private final SentBehaviors behaviors;
    private final OpenRequests open = new OpenRequests();
    private final ShownAds shown;
    private volatile long start;
    private volatile boolean over;
    private final AtomicLong requests = new AtomicLong();

    /**
     * @param longest most behaviors that a model sees
     */
    LearningTraffic(Simulator simulator, Duration duration, int longest, ShownAds shown) {
        this.simulator = simulator;
        this.duration = duration;
        this.shown = shown;
        behaviors = new SentBehaviors(longest, OpenRequests.BEHIND_MS);
    }

    /** Sends it all. */
    void run(LogPlayer player, Heartbeats reports, Heartbeats served)
            throws IOException, InterruptedException {
        long now = System.currentTimeMillis();
        for (int n = PAST; n > 0; n--) {
            send(simulator.behavior(now - n * PAST_STEP_MS), player);
        }
        player.flush();
        for (int n = 0; n < MOST_PROBES && !open.isCaughtUp(); n++) {
            ask(player);
            LockSupport.parkNanos(PROBE_NANOS);
        }
        open.caughtUp();
        start = System.nanoTime();
        long sent = 0;
        long asked = 0;
        long beats = 0;
        int seasons = 0;
        for (double t = 0; t < duration.toSeconds() && !over; t = seconds()) {
            now = System.currentTimeMillis();
            for (; sent < t * BEHAVIORS_PER_SECOND; sent++) {
                send(simulator.behavior(now), player);
            }
            for (; asked < t * REQUESTS_PER_SECOND; asked++) {
                ask(player);
            }
            shown.click(now, player);
            if (beats < t * HEARTBEATS_PER_SECOND) {
                beats++;
                player.flush();
                reports.beat(now - REPORTED_MS);
                served.beat(now - SERVED_MS);
            }
            double share = t / duration.toSeconds();
            if (seasons < SEASONS
                    && share > SEASONS_FROM + seasons * (SEASONS_UNTIL - SEASONS_FROM) / SEASONS) {
                simulator.renew(seasons++);
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
        player.flush();
    }

    /** Sends nothing more, however long it was to take. */
    void end() {
        over = true;
    }

    private void ask(LogPlayer player) {
        Simulator.Truth truth = simulator.request(System.currentTimeMillis(), CANDIDATES);
        open.add(truth);
        player.send(truth.request());
        requests.incrementAndGet();
    }

    /** The job has applied the users' past: the clock starts. */
    void caughtUp() {
        open.caughtUp();
    }

    private void send(Behavior b, LogPlayer player) {
        behaviors.add(b, open::oldest);
        player.send(b);
    }

    /** Since the clock started. */
    double seconds() {
        return start == 0 ? 0 : (System.nanoTime() - start) / NANOS;
    }

    /** Whether the clock runs. */
    boolean isLive() {
        return start != 0;
    }

    SentBehaviors behaviors() {
        return behaviors;
    }

    /** Takes a request that is answered; null where it is not ours, or was taken before. */
    OpenRequests.Sent take(String requestId) {
        return open.take(requestId);
    }

    /** How many were sent. */
    long requests() {
        return requests.get();
    }

    /** How many have no answer yet. */
    int openRequests() {
        return open.size();
    }
}
