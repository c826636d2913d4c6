package io.dienstream.sandbox;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * An ad server of simulated users: shows the first ads of each answer, and reports what it has
 * shown and what was clicked, seconds later. Thread safe.
 */
public final class ShownAds {
    static final String IMPRESSIONS = "impressions";
    static final String CLICKS = "ad-clicks";

    private final int shown;
    private final double meanDelayMs;
    private final Random random;
    private final PriorityQueue<AdClick> due =
            new PriorityQueue<>(Comparator.comparingLong(AdClick::getTimestamp));
    private long number;

    /**
     * @param shown ads of each answer, by rank
     * @param meanDelayMs from an impression to its click, which is drawn
     */
    public ShownAds(int shown, double meanDelayMs, long seed) {
        this.shown = shown;
        this.meanDelayMs = meanDelayMs;
        random = new Random(seed);
    }

    /** Shows an answer's first ads at {@code now}, ms. */
    public synchronized void show(
            ScoredRequest answer, Simulator.Truth truth, long now, LogPlayer player) {
        String request = answer.getRequestId();
        for (ScoredCandidate c : answer.getCandidates()) {
            int position = c.getRank() - 1;
            if (position >= shown) {
                continue;
            }
            player.send(
                    new Impression(request, c.getAdId(), answer.getUserId(), now, position, null));
            if (truth.clicked()[c.getPosition()]) {
                long delay = Math.round(-meanDelayMs * Math.log(1 - random.nextDouble()));
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
    public synchronized void click(long now, LogPlayer player) {
        while (!due.isEmpty() && due.peek().getTimestamp() <= now) {
            player.send(due.poll());
        }
    }
}
