package io.dienstream.learn;

import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What simulated users were shown, request by request, with the behaviors that they had, in a world
 * where one category after the other begins a new season: its items have ids from then on that
 * nobody has seen. A function of the seed.
 */
final class DriftingLog {
    /** Behaviors of a request at most. */
    static final int LENGTH = 20;

    private static final int USERS = 400;
    private static final int BEHAVIORS_A_REQUEST = 3;
    private static final int SHOWN = 5;
    private static final long STEP_MS = 1_000;

    private final Simulator simulator;
    private final Map<String, Deque<ServedBehavior>> behaviors = new HashMap<>();
    private long clock = 1_700_000_000_000L;
    private int season;

    DriftingLog(long seed) {
        simulator = new Simulator(seed, USERS);
        for (int n = 0; n < USERS * LENGTH; n++) {
            behave();
        }
    }

    private void behave() {
        clock++;
        Behavior b = simulator.behavior(clock);
        Deque<ServedBehavior> own =
                behaviors.computeIfAbsent(b.getUserId(), u -> new ArrayDeque<>());
        own.add(new ServedBehavior(b.getTimestamp(), b.getFields()));
        if (own.size() > LENGTH) {
            own.remove();
        }
    }

    /**
     * The next requests.
     *
     * @param seasons that begin meanwhile, at even distances
     */
    List<TrainingExample> next(int requests, int seasons) {
        List<TrainingExample> examples = new ArrayList<>();
        for (int n = 0; n < requests; n++) {
            if (n * seasons / requests < (n + 1) * seasons / requests) {
                simulator.renew(season++ % Simulator.CATEGORIES);
            }
            clock += STEP_MS;
            for (int b = 0; b < BEHAVIORS_A_REQUEST; b++) {
                behave();
            }
            examples.add(example(simulator.request(clock, SHOWN)));
        }
        return examples;
    }

    private TrainingExample example(Simulator.Truth truth) {
        var request = truth.request();
        List<LabeledCandidate> shown = new ArrayList<>();
        for (int n = 0; n < SHOWN; n++) {
            Candidate ad = request.getCandidates().get(n);
            shown.add(
                    OfflineExample.candidate(
                            ad.getAdId(), ad.getFields(), truth.clicked()[n], false));
        }
        return SinkFiles.served(
                OfflineExample.of(
                        request.getRequestId(),
                        request.getUserId(),
                        request.getTimestamp(),
                        Map.of(),
                        Map.of(),
                        new ArrayList<>(
                                behaviors.getOrDefault(request.getUserId(), new ArrayDeque<>())),
                        shown,
                        "1"));
    }
}
