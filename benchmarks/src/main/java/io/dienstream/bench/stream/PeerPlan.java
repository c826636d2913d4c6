package io.dienstream.bench.stream;

import io.dienstream.job.option.Backend;
import java.util.List;

/**
 * How much is measured of each contender.
 *
 * @param users that requests are for, each with {@code history} behaviors; as many others click
 * @param candidates of requests; answer times are of the first
 * @param rounds in which contenders take turns; of several the first is warm-up
 * @param seconds of each measurement, the warm-up not counted
 * @param probes clicks whose way into the scores is timed
 */
public record PeerPlan(
        int users,
        int history,
        List<Integer> candidates,
        int parallelism,
        Backend backend,
        int rounds,
        double seconds,
        double warmUp,
        int probes) {
    /** Users whose answers are known without asking a contender. */
    private static final int MOST_KNOWN = 100;

    /** Users that click while scoring is killed. */
    private static final int CLICKING = 50;

    /** The first of the users that requests are for. */
    int known() {
        return Math.min(users, MOST_KNOWN);
    }

    /** The first user whose click is a probe; one user a probe. */
    int firstProbe() {
        return 2 * users;
    }

    /** The first user that clicks while scoring is killed. */
    int firstClicking() {
        return firstProbe() + probes;
    }

    int clicking() {
        return CLICKING;
    }

    /** All users with a history. */
    int all() {
        return firstClicking() + CLICKING;
    }

    /** Behaviors before anything is measured: probes and killed ones have room for more. */
    int behaviorsOf(int user) {
        return user < firstProbe() ? history : history / 2;
    }

    /** Whether answers for {@code user} are known without asking a contender. */
    boolean isKnown(int user) {
        return user < known() || user >= firstProbe();
    }

    /** Cluster, topics and users of one contender. */
    StreamCase streamCase() {
        return new StreamCase(
                StreamCase.Load.REQUESTS,
                false,
                users,
                history,
                candidates.get(0),
                parallelism,
                0,
                backend);
    }
}
