package io.dienstream.bench;

import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What a request costs whose version is not the live one: its interest states are computed from the
 * raw values of the history, and thrown away.
 *
 * @param liveMicros a request whose states are there, median
 * @param candidateMicros one whose states are computed first, likewise
 */
public record CandidateCost(double liveMicros, double candidateMicros) {
    private static final int TURNS = 9;
    private static final int ROUNDS = 400;
    private static final double NANOS_PER_MICRO = 1e3;

    /** How much dearer it is. */
    public double ratio() {
        return candidateMicros / liveMicros;
    }

    /**
     * Measures both in turns, on one thread.
     *
     * @param steps T
     * @param candidates N
     */
    public static CandidateCost measure(Path model, int steps, int candidates) throws IOException {
        Workload load = new Workload(model, steps, candidates);
        HistoryModel histories = load.scorer.historyModel();
        InterestExtractor.Scratch extractor = histories.newScratch();
        ScorerScratch scratch = load.scorer.newScratch();
        double[] live = new double[TURNS];
        double[] candidate = new double[TURNS];
        for (int turn = -TURNS; turn < TURNS; turn++) { // the first half is the warm-up
            double ofLive =
                    micros(() -> load.scorer.score(load.history, steps, load.request, scratch));
            double ofCandidate =
                    micros(
                            () -> {
                                InterestHistory own = histories.rebuild(load.history, extractor);
                                load.scorer.score(own, steps, load.request, scratch);
                            });
            if (turn >= 0) {
                live[turn] = ofLive;
                candidate[turn] = ofCandidate;
            }
        }
        return new CandidateCost(median(live), median(candidate));
    }

    private static double micros(Runnable request) {
        long start = System.nanoTime();
        for (int n = 0; n < ROUNDS; n++) {
            request.run();
        }
        return (System.nanoTime() - start) / NANOS_PER_MICRO / ROUNDS;
    }

    private static double median(double[] of) {
        double[] sorted = of.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
