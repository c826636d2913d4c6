package io.dienstream.chaos;

import io.dienstream.job.option.LearningOptions;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * An ad server: shows the first ads of each answer, and reports what was shown and clicked. Some
 * reports come twice, some impressions are never reported, and some clicks come when labels are
 * final. What becomes of an answer is a function of the seed and the request. Not thread safe.
 */
final class AdReports {
    private static final int SHOWN = 2;
    private static final double UNREPORTED = 0.05;
    private static final double TWICE = 0.1;
    private static final double CLICKED = 0.4;
    private static final double LATE = 0.15;

    private final ChaosProducer producer;
    private final long seed;
    private final Set<String> shown = new HashSet<>();
    private final PriorityQueue<AdClick> due =
            new PriorityQueue<>(Comparator.comparingLong(AdClick::getTimestamp));
    private long clicks;

    AdReports(ChaosProducer producer, long seed) {
        this.producer = producer;
        this.seed = seed;
    }

    /** Shows an answer at {@code now}, ms; one that comes again was shown before. */
    void show(ScoredRequest answer, long now) {
        if (!shown.add(answer.getRequestId())) {
            return;
        }
        Random random = new Random(seed ^ answer.getRequestId().hashCode());
        for (ScoredCandidate ad : answer.getCandidates()) {
            if (ad.getRank() <= SHOWN) {
                show(answer, ad, now, random);
            }
        }
    }

    private void show(ScoredRequest answer, ScoredCandidate ad, long now, Random random) {
        String request = answer.getRequestId();
        if (random.nextDouble() >= UNREPORTED) {
            Impression impression =
                    new Impression(
                            request, ad.getAdId(), answer.getUserId(), now, ad.getRank() - 1, null);
            int times = times(random);
            for (int n = 0; n < times; n++) {
                producer.send(LearningOptions.IMPRESSIONS, request, null, impression, null);
            }
        }
        if (random.nextDouble() < CLICKED) {
            int within = random.nextInt((int) LabelTruth.WAIT_MS);
            long delay = random.nextDouble() < LATE ? LabelTruth.WAIT_MS + 1 + within : within;
            AdClick click =
                    new AdClick(
                            "click" + clicks++,
                            request,
                            ad.getAdId(),
                            answer.getUserId(),
                            now + delay);
            int times = times(random);
            for (int n = 0; n < times; n++) {
                due.add(click);
            }
        }
    }

    private static int times(Random random) {
        return random.nextDouble() < TWICE ? 2 : 1;
    }

    /** Reports the clicks until {@code now}, ms. */
    void click(long now) {
        while (!due.isEmpty() && due.peek().getTimestamp() <= now) {
            AdClick click = due.poll();
            producer.send(LearningOptions.CLICKS, click.getRequestId(), null, click, null);
        }
    }

    /** Clicks that are to come. */
    int open() {
        return due.size();
    }
}
