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
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NAP_NANOS = 500_000;
    private static final int CANDIDATES = 3;
    private static final int MOST_DELAY_MS = 800;
    private static final long LATE_BY_MS = 3_600_000;
    private static final int HEARTBEAT_MS = 100;

    private static final double REQUESTS = 0.25;
    private static final double ERASURES = 0.002;
    private static final double BAD = 0.005;
    private static final double LATE = 0.003;
    private static final double DUPLICATES = 0.01;

    private final ChaosProducer producer;
    private final UnansweredRequests unanswered;
    private final Simulator simulator;
    private final BadRecords badRecords;
    private final Random random;
    private final int users;
    private final int rate;
    private final PriorityQueue<Delayed> delayed =
            new PriorityQueue<>(Comparator.comparingLong(Delayed::sendAt));
    private volatile boolean stopped;
    private volatile boolean lateOnes;
    private long sent;
    private long lateIds;
    private long newest;

    private record Delayed(long sendAt, Behavior behavior) {}

    /**
     * @param rate behaviors and requests a second
     */
    ChaosTraffic(
            ChaosProducer producer, UnansweredRequests unanswered, long seed, int users, int rate) {
        this.producer = producer;
        this.unanswered = unanswered;
        this.simulator = new Simulator(seed, users);
        this.random = new Random(seed);
        this.badRecords = new BadRecords(random);
        this.users = users;
        this.rate = rate;
    }

    /**
     * From now on late behaviors come as well. Late is what the watermark has passed, so the job
     * must have seen time pass first.
     */
    void allowLateOnes() {
        lateOnes = true;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        long start = System.nanoTime();
        long heartbeat = 0;
        for (long n = 0; !stopped; n++) {
            while (n > (System.nanoTime() - start) * (double) rate / NANOS_PER_SECOND) {
                LockSupport.parkNanos(NAP_NANOS);
            }
            long now = System.currentTimeMillis();
            if (now - heartbeat >= HEARTBEAT_MS) {
                heartbeat(now);
                heartbeat = now;
            }
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
            AdRequest request = simulator.request(now, CANDIDATES).request();
            newest = Math.max(newest, request.getTimestamp());
            unanswered.sent(request.getRequestId(), now);
            producer.send(JobOptions.REQUESTS, request.getUserId(), null, request, null);
        } else if (kind < REQUESTS + ERASURES) {
            String user = "u" + random.nextInt(users);
            producer.send(JobOptions.CONTROL, user, null, new Erasure("e" + sent, user, now), null);
        } else if (kind < REQUESTS + ERASURES + BAD) {
            badRecords.send(producer, now, sent);
        } else if (lateOnes && kind < REQUESTS + ERASURES + BAD + LATE) {
            Behavior behavior = simulator.behavior(now);
            behavior.setEventId("late-" + lateIds++);
            behavior.setTimestamp(now - LATE_BY_MS);
            behavior(behavior, "late");
        } else {
            Behavior behavior = simulator.behavior(now);
            newest = Math.max(newest, behavior.getTimestamp());
            delayed.add(new Delayed(now + random.nextInt(MOST_DELAY_MS), behavior));
            if (random.nextDouble() < DUPLICATES) {
                delayed.add(new Delayed(now + random.nextInt(MOST_DELAY_MS), behavior));
            }
        }
    }

    private void behavior(Behavior behavior, String expect) {
        producer.send(JobOptions.BEHAVIORS, behavior.getUserId(), null, behavior, expect);
    }

    /** Erasures are rare, but each partition of their topic must carry time. */
    private void heartbeat(long now) {
        for (int p = 0; p < ChaosCluster.PARTITIONS; p++) {
            Erasure erasure = new Erasure("h" + now, "heartbeat-" + p, now);
            producer.send(JobOptions.CONTROL, erasure.getUserId(), p, erasure, null);
        }
    }

    /** A record in every partition from after everything else, so that time passes all of it. */
    private void end() {
        long end = newest + ClusterSettings.LATENESS_MS + MOST_DELAY_MS;
        while (System.currentTimeMillis() <= end) { // no record moves time past its own
            LockSupport.parkNanos(NAP_NANOS);
        }
        for (int p = 0; p < ChaosCluster.PARTITIONS; p++) {
            String user = "end-" + p;
            AdRequest request = simulator.request(end, CANDIDATES).request();
            request.setUserId(user);
            request.setTimestamp(end);
            Behavior behavior = simulator.behavior(end);
            behavior.setUserId(user);
            behavior.setTimestamp(end);
            producer.send(JobOptions.REQUESTS, user, p, request, null);
            producer.send(JobOptions.BEHAVIORS, user, p, behavior, null);
            producer.send(JobOptions.CONTROL, user, p, new Erasure("end", user, end - 1), null);
        }
        producer.flush();
    }
}
