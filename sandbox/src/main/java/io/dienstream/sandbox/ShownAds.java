package io.dienstream.sandbox;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.WireEncoder;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * An ad server of simulated users: shows the first ads of each answer, and reports what it has
 * shown and what was clicked, seconds later. Thread safe.
 */
final class ShownAds {
    static final String IMPRESSIONS = "impressions";
    static final String CLICKS = "ad-clicks";
    private static final double MEAN_DELAY_MS = 1_500;

    private final int shown;
    private final Random random;
    private final PriorityQueue<AdClick> due =
            new PriorityQueue<>(Comparator.comparingLong(AdClick::getTimestamp));
    private final WireEncoder<Impression> impressions = new WireEncoder<>(Impression.class);
    private final WireEncoder<AdClick> clicks = new WireEncoder<>(AdClick.class);
    private long number;

    /**
     * @param shown ads of each answer, by rank
     */
    ShownAds(int shown, long seed) {
        this.shown = shown;
        random = new Random(seed);
    }

    /** Shows an answer's first ads at {@code now}, ms. */
    synchronized void show(
            ScoredRequest answer, Simulator.Truth truth, long now, LogPlayer player) {
        String request = answer.getRequestId();
        for (ScoredCandidate c : answer.getCandidates()) {
            int position = c.getRank() - 1;
            if (position >= shown) {
                continue;
            }
            Impression impression =
                    new Impression(request, c.getAdId(), answer.getUserId(), now, position, null);
            player.send(IMPRESSIONS, request, impressions.encode(impression));
            if (truth.clicked()[c.getPosition()]) {
                long delay = Math.round(-MEAN_DELAY_MS * Math.log(1 - random.nextDouble()));
                due.add(
                        new AdClick(
                                "click" + number++,
                                request,
                                c.getAdId(),
                                answer.getUserId(),
                                now + delay));
            }
        }
    }

    /** Reports the clicks until {@code now}, ms. */
    synchronized void click(long now, LogPlayer player) {
        while (!due.isEmpty() && due.peek().getTimestamp() <= now) {
            AdClick click = due.poll();
            player.send(CLICKS, click.getRequestId(), clicks.encode(click));
        }
    }
}
