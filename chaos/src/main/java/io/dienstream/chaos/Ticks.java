package io.dienstream.chaos;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Erasure;

/**
 * What comes by the clock whatever the traffic is. In event-time mode erasures, which are rare, of
 * a user in each partition of their topic, because each must carry time. In latest mode behaviors
 * of a user in each partition, and requests that ask for them: their answers tell how far behaviors
 * have been applied.
 */
final class Ticks {
    /** Of users whose behaviors are a clock; a partition follows. */
    static final String CLOCK = "clock-";

    private static final int ERASURE_MS = 100;
    private static final int BEHAVIOR_MS = 500;
    private static final int CANDIDATES = 1;

    private final ChaosProducer producer;
    private final UnansweredRequests unanswered;
    private final Conditions conditions;
    private final Absences absences;
    private final Simulator simulator;

    /** Of each clock's behavior, ms; 0 before the first. */
    private final long[] lastTick = new long[ChaosCluster.PARTITIONS];

    private long last;

    Ticks(
            ChaosProducer producer,
            UnansweredRequests unanswered,
            Conditions conditions,
            Absences absences,
            Simulator simulator) {
        this.producer = producer;
        this.unanswered = unanswered;
        this.conditions = conditions;
        this.absences = absences;
        this.simulator = simulator;
    }

    /** Sends what is due. */
    void at(long now) {
        int every = conditions.eventTime() ? ERASURE_MS : BEHAVIOR_MS;
        if (now - last < every) {
            return;
        }
        last = now;
        for (int p = 0; p < ChaosCluster.PARTITIONS; p++) {
            if (conditions.eventTime()) {
                erasure(p, now);
            } else if (!absences.silent(p, now)) {
                ask(p, now);
                tick(p, now);
            }
        }
    }

    private void erasure(int p, long now) {
        Erasure erasure = new Erasure("h" + now, "heartbeat-" + p, now);
        producer.send(JobOptions.CONTROL, erasure.getUserId(), p, erasure, null);
    }

    /** About the behavior of the tick before, so that it is hardly ever ahead of it. */
    private void ask(int p, long now) {
        if (lastTick[p] == 0) {
            return;
        }
        String clock = CLOCK + p;
        AdRequest request = simulator.request(now, CANDIDATES).request();
        request.setUserId(clock);
        request.setTimestamp(now);
        unanswered.sent(request.getRequestId(), now);
        unanswered.ticked(clock, lastTick[p]);
        producer.send(JobOptions.REQUESTS, clock, p, request, null);
    }

    private void tick(int p, long now) {
        Behavior behavior = simulator.behavior(now);
        behavior.setUserId(CLOCK + p);
        behavior.setTimestamp(now);
        producer.send(JobOptions.BEHAVIORS, CLOCK + p, p, behavior, null);
        lastTick[p] = now;
    }
}
