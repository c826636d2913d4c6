package io.dienstream.chaos;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Erasure;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Simulated users by the clock, a little out of order, with duplicates, erasures, late behaviors
 * and bad records among them, until it is stopped. What must not be answered or applied says so in
 * a header that only the checker reads.
 */
final class ChaosTraffic implements Runnable {
    private static final long NAP_NANOS = 500_000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int CANDIDATES = 3;
    private static final int MOST_DELAY_MS = 800;
    private static final long LATE_BY_MS = 3_600_000;

    /** Of each partition, whose requests come when all is settled: some for every subtask. */
    private static final int LAST_USERS = 16;

    private static final double REQUESTS = 0.25;
    private static final double ERASURES = 0.002;
    private static final double BAD = 0.005;
    private static final double LATE = 0.003;
    private static final double DUPLICATES = 0.01;

    private final ChaosProducer producer;
    private final UnansweredRequests unanswered;
    private final Conditions conditions;
    private final Absences absences;
    private final Ticks ticks;
    private final Simulator simulator;
    private final BadRecords badRecords;
    private final Random random;
    private final int users;
    private final PriorityQueue<Delayed> delayed =
            new PriorityQueue<>(Comparator.comparingLong(Delayed::sendAt));
    private volatile boolean stopped;
    private volatile boolean lateOnes;
    private volatile Pace pace;
    private volatile long sent;
    private volatile long end = Long.MIN_VALUE;
    private long lateIds;
    private long newest;

    private record Delayed(long sendAt, Behavior behavior) {}

    /** So many records a second, from a moment on. */
    private record Pace(long sinceNanos, long after, double rate) {
        boolean isDue(long sent) {
            double elapsed = (System.nanoTime() - sinceNanos) / NANOS_PER_SECOND;
            return sent - after <= elapsed * rate;
        }
    }

    /**
     * @param rate behaviors and requests a second, at first
     */
    ChaosTraffic(
            ChaosProducer producer,
            UnansweredRequests unanswered,
            Conditions conditions,
            Absences absences,
            long seed,
            int users,
            int rate) {
        this.producer = producer;
        this.unanswered = unanswered;
        this.conditions = conditions;
        this.absences = absences;
        this.simulator = new Simulator(seed, users);
        this.ticks = new Ticks(producer, unanswered, conditions, absences, simulator);
        this.random = new Random(seed);
        this.badRecords = new BadRecords(random);
        this.users = users;
        this.pace = new Pace(System.nanoTime(), 0, rate);
    }

    /**
     * From now on behaviors from an hour ago come as well. Late is what the watermark has passed,
     * so the job must have seen time pass first.
     */
    void allowLateOnes() {
        lateOnes = true;
    }

    /** From now on so many behaviors and requests a second. */
    void rate(double rate) {
        pace = new Pace(System.nanoTime(), sent, rate);
    }

    /** Behaviors and requests so far, those of whom is away or silent included. */
    long sent() {
        return sent;
    }

    void stop() {
        stopped = true;
    }

    /** Where event time has come to when the traffic has ended: the watermark of the end, ms. */
    long lastWatermark() {
        return end - ClusterSettings.LATENESS_MS - 1;
    }

    /** The partition of everything that is a user's, in every topic. */
    static int partition(String user) {
        return Math.floorMod(user.hashCode(), ChaosCluster.PARTITIONS);
    }

    @Override
    public void run() {
        for (long n = 0; !stopped; n++) {
            while (!pace.isDue(n)) {
                LockSupport.parkNanos(NAP_NANOS);
            }
            long now = System.currentTimeMillis();
            ticks.at(now);
            while (!delayed.isEmpty() && delayed.peek().sendAt() <= now) {
                behavior(delayed.poll().behavior(), null);
            }
            one(now);
            sent = n + 1;
        }
        delayed.forEach(d -> behavior(d.behavior(), null));
        end();
    }

    private void one(long now) {
        double kind = random.nextDouble();
        if (kind < REQUESTS) {
            request(simulator.request(now, CANDIDATES).request(), now);
        } else if (kind < REQUESTS + ERASURES) {
            String user = "u" + random.nextInt(users);
            Erasure erasure = new Erasure("e" + sent, user, now);
            producer.send(JobOptions.CONTROL, user, partition(user), erasure, null);
        } else if (kind < REQUESTS + ERASURES + BAD) {
            badRecords.send(producer, now, sent);
        } else if (lateOnes && kind < REQUESTS + ERASURES + BAD + LATE) {
            late(simulator.behavior(now), now);
        } else {
            delay(simulator.behavior(now), now);
        }
    }

    private void request(AdRequest request, long now) {
        if (absences.silent(partition(request.getUserId()), now)) {
            return;
        }
        newest = Math.max(newest, request.getTimestamp());
        unanswered.sent(request.getRequestId(), now);
        String user = request.getUserId();
        producer.send(JobOptions.REQUESTS, user, partition(user), request, null);
    }

    /** In latest mode it finds its place in its history, or not, as any other. */
    private void late(Behavior behavior, long now) {
        if (isAbsent(behavior, now)) {
            return;
        }
        behavior.setEventId("late-" + lateIds++);
        behavior.setTimestamp(now - LATE_BY_MS);
        behavior(behavior, conditions.eventTime() ? "late" : null);
    }

    private void delay(Behavior behavior, long now) {
        int delay = random.nextInt(MOST_DELAY_MS);
        boolean twice = random.nextDouble() < DUPLICATES;
        if (isAbsent(behavior, now)) {
            return;
        }
        newest = Math.max(newest, behavior.getTimestamp());
        delayed.add(new Delayed(now + delay, behavior));
        if (twice) {
            delayed.add(new Delayed(now + random.nextInt(MOST_DELAY_MS), behavior));
        }
    }

    private boolean isAbsent(Behavior behavior, long now) {
        String user = behavior.getUserId();
        return absences.away(user, now) || absences.silent(partition(user), now);
    }

    private void behavior(Behavior behavior, String expect) {
        String user = behavior.getUserId();
        producer.send(JobOptions.BEHAVIORS, user, partition(user), behavior, expect);
    }

    /** A record in every partition from after everything else, so that time passes all of it. */
    private void end() {
        long last = newest + ClusterSettings.LATENESS_MS + MOST_DELAY_MS;
        while (System.currentTimeMillis() <= last) { // no record moves time past its own
            LockSupport.parkNanos(NAP_NANOS);
        }
        for (int p = 0; p < ChaosCluster.PARTITIONS; p++) {
            for (int n = 0; n < LAST_USERS; n++) {
                end(Verdicts.END + p + "-" + n, p, last);
            }
        }
        producer.flush();
        end = last;
    }

    private void end(String user, int partition, long last) {
        AdRequest request = simulator.request(last, CANDIDATES).request();
        request.setUserId(user);
        request.setTimestamp(last);
        Behavior behavior = simulator.behavior(last);
        behavior.setUserId(user);
        behavior.setTimestamp(last);
        producer.send(JobOptions.REQUESTS, user, partition, request, null);
        producer.send(JobOptions.BEHAVIORS, user, partition, behavior, null);
        Erasure erasure = new Erasure("end", user, last - 1);
        producer.send(JobOptions.CONTROL, user, partition, erasure, null);
    }
}
