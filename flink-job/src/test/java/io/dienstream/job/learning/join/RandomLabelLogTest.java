package io.dienstream.job.learning.join;

import static io.dienstream.job.learning.LearningRecords.START;
import static io.dienstream.job.learning.LearningRecords.click;
import static io.dienstream.job.learning.LearningRecords.impression;
import static io.dienstream.job.learning.LearningRecords.served;
import static io.dienstream.job.learning.join.JoinHarness.W;
import static io.dienstream.job.learning.join.JoinHarness.W2;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.metric.LearningMetrics;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random logs, in disorder within the lateness, with repeats and restarts, against an oracle that
 * knows each request's whole log at once.
 */
class RandomLabelLogTest {
    private static final int REQUESTS = 60;
    private static final int ADS = 3;
    private static final long LATENESS = 200;

    /** A record, and how far the newest one is when it comes. */
    private record Sent(long at, LearningRecord record) {}

    private final Map<String, String> expected = new TreeMap<>();
    private final Map<String, Long> corrected = new TreeMap<>();
    private final Map<String, Integer> unknown = new HashMap<>();
    private int tooLate;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void labelsAreTheTruthAndCountsBalance(long seed) throws Exception {
        Random random = new Random(seed);
        List<Sent> log = draw(random);
        log.sort(Comparator.comparingLong(Sent::at));
        try (JoinHarness join = new JoinHarness()) {
            long newest = 0;
            for (Sent sent : log) {
                join.add(sent.record());
                newest = Math.max(newest, sent.record().eventTime() - START);
                if (random.nextInt(4) == 0) {
                    join.watermark(newest - LATENESS - 1);
                }
                if (random.nextInt(40) == 0) {
                    join.restart();
                }
                assertBalance(join);
            }
            join.watermark(newest + W + 2 * W2);
            assertBalance(join);
            assertThat(labels(join)).as("seed %d", seed).isEqualTo(expected);
            Map<String, Long> moved = new TreeMap<>();
            join.corrections.forEach(
                    c ->
                            assertThat(
                                            moved.put(
                                                    c.correction().getRequestId()
                                                            + "/"
                                                            + c.correction().getAdId(),
                                                    c.correction().getClickedAt() - START))
                                    .as("one correction each")
                                    .isNull());
            assertThat(moved).as("seed %d", seed).isEqualTo(corrected);
            assertThat(join.counter(LearningMetrics.CLICKS_TOO_LATE))
                    .as("one that is repeated may count twice")
                    .isBetween((long) tooLate, 2L * tooLate);
            assertThat(join.counter(LearningMetrics.CLICKS))
                    .isEqualTo(
                            join.counter(LearningMetrics.CLICKED)
                                    + join.counter(LearningMetrics.CORRECTIONS)
                                    + join.counter(LearningMetrics.CLICKS_TOO_LATE)
                                    + join.counter(LearningMetrics.CLICKS_REPEATED)
                                    + join.counter(LearningMetrics.CLICKS_REFUSED));
            Map<String, Integer> reasons = new HashMap<>();
            for (DeadLetter letter : join.deadLetters) {
                reasons.merge(letter.getReason(), 1, Integer::sum);
            }
            assertThat(reasons).isEqualTo(unknown);
            assertThat(join.waiting()).isZero();
            assertThat(join.entries()).isZero();
            assertThat(join.timers()).isZero();
        }
    }

    private static Map<String, String> labels(JoinHarness join) {
        Map<String, String> labels = new TreeMap<>();
        for (TrainingExample example : join.examples) {
            for (LabeledCandidate c : example.getCandidates()) {
                String label =
                        "%d %s %s"
                                .formatted(
                                        c.getImpressedAt() - START,
                                        c.getClicked() ? c.getClickedAt() - START : "-",
                                        c.getImplied() ? "implied" : "");
                String earlier = labels.put(example.getRequestId() + "/" + c.getAdId(), label);
                assertThat(earlier).as("one label each").isNull();
            }
        }
        return labels;
    }

    private static void assertBalance(JoinHarness join) {
        assertThat(
                        join.counter(LearningMetrics.IMPRESSIONS)
                                + join.counter(LearningMetrics.IMPLIED))
                .isEqualTo(
                        join.counter(LearningMetrics.FINAL)
                                + join.waiting()
                                + join.counter(LearningMetrics.IMPRESSIONS_REFUSED)
                                + join.counter(LearningMetrics.IMPRESSIONS_REPEATED));
    }

    private List<Sent> draw(Random random) {
        List<Sent> log = new ArrayList<>();
        for (int r = 0; r < REQUESTS; r++) {
            String request = "r" + r;
            long at = r * 100L + random.nextInt(50);
            boolean isServed = random.nextInt(10) > 0;
            if (isServed) {
                send(log, random, served(request, at, ADS));
            }
            for (int ad = 0; ad < ADS; ad++) {
                draw(log, random, request, ad, at, isServed);
            }
        }
        return log;
    }

    private void draw(
            List<Sent> log, Random random, String request, int ad, long at, boolean isServed) {
        boolean isShown = random.nextInt(3) > 0;
        boolean isClicked = random.nextInt(isShown ? 2 : 8) == 0;
        long shown = at + random.nextInt(300);
        long[] delays = {random.nextInt((int) W), W, W + 1, W2, W2 + 1, random.nextInt((int) W2)};
        long clicked = shown + (isShown ? delays[random.nextInt(delays.length)] : 0);
        if (isShown) {
            send(log, random, impression(request, ad, "u", shown));
        }
        if (isClicked) {
            send(log, random, click(request, ad, "u", clicked));
        }
        if (!isServed) {
            unknown.merge("unknown_request", sent(log, request, ad), Integer::sum);
        } else if (isShown) {
            boolean isInTime = isClicked && clicked <= shown + W;
            expected.put(request + "/ad" + ad, "%d %s ".formatted(shown, isInTime ? clicked : "-"));
            if (isClicked && !isInTime && clicked <= shown + W2) {
                corrected.put(request + "/ad" + ad, clicked);
            } else if (isClicked && !isInTime) {
                tooLate++;
            }
        } else if (isClicked) {
            expected.put(request + "/ad" + ad, "%d %d implied".formatted(clicked, clicked));
        }
    }

    private static int sent(List<Sent> log, String request, int ad) {
        return (int)
                log.stream()
                        .map(Sent::record)
                        .filter(r -> r.requestId().equals(request))
                        .filter(r -> r.kind() != LearningRecord.Kind.SERVED)
                        .filter(r -> r.adId().equals("ad" + ad))
                        .count();
    }

    /** Within the lateness, once or, one in five, twice. */
    private static void send(List<Sent> log, Random random, LearningRecord record) {
        long at = record.eventTime() - START;
        log.add(new Sent(at + random.nextInt((int) LATENESS), record));
        if (random.nextInt(5) == 0) {
            log.add(new Sent(at + random.nextInt((int) LATENESS), record));
        }
    }
}
