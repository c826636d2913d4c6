package io.dienstream.datasets.simulate;

import io.dienstream.schema.AdClick;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Impression;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What becomes of simulated requests: an ad server shows the first candidates of each a moment
 * later, and users click on those that the simulator says they like, after an exponential delay.
 * Deterministic in the seed and the requests. Not thread safe.
 */
public final class SimulatedPage {
    /** From a request to its impressions, ms. */
    public static final long SHOWN_AFTER_MS = 250;

    /** The longest from an impression to its click, ms. */
    public static final long LONGEST_DELAY_MS = 30_000;

    private static final double MEAN_DELAY_MS = 4_000;

    private final int shown;
    private final Random random;
    private long clicks;

    /**
     * @param shown candidates of each request, from its first one on
     */
    public SimulatedPage(int shown, long seed) {
        this.shown = shown;
        random = new Random(seed);
    }

    /** What a page told. */
    public record Told(List<Impression> impressions, List<AdClick> clicks) {}

    /** What is told of a request; times are its own and later. */
    public Told of(Simulator.Truth truth) {
        var request = truth.request();
        List<Impression> impressions = new ArrayList<>();
        List<AdClick> clicked = new ArrayList<>();
        long at = request.getTimestamp() + SHOWN_AFTER_MS;
        int most = Math.min(shown, request.getCandidates().size());
        for (int position = 0; position < most; position++) {
            Candidate ad = request.getCandidates().get(position);
            impressions.add(
                    new Impression(
                            request.getRequestId(),
                            ad.getAdId(),
                            request.getUserId(),
                            at,
                            position,
                            null));
            if (truth.clicked()[position]) {
                double delay = -MEAN_DELAY_MS * Math.log(1 - random.nextDouble());
                clicked.add(
                        new AdClick(
                                "click" + clicks++,
                                request.getRequestId(),
                                ad.getAdId(),
                                request.getUserId(),
                                at + Math.min(LONGEST_DELAY_MS, Math.round(delay))));
            }
        }
        return new Told(impressions, clicked);
    }
}
