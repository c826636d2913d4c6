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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A random log, and what an oracle makes of it that knows each request's whole log at once. */
final class LabelLog {
    private static final int REQUESTS = 60;
    private static final int ADS = 3;

    /** How far a record is behind the newest of its topic at most, ms. */
    static final long LATENESS = 200;

    /** A record, and how far the newest one is when it comes, ms after START. */
    record Sent(long at, LearningRecord record) {}

    final List<Sent> sent = new ArrayList<>();
    private final Random random;
    private final Map<String, String> expected = new TreeMap<>();
    private final Map<String, Long> corrected = new TreeMap<>();
    private final Map<String, Integer> unknown = new HashMap<>();
    private int tooLate;

    /**
     * @param stepMs from a request to the next
     */
    LabelLog(Random random, long stepMs) {
        this.random = random;
        for (int r = 0; r < REQUESTS; r++) {
            String request = "r" + r;
            long at = r * stepMs + random.nextInt(50);
            boolean isServed = random.nextInt(10) > 0;
            if (isServed) {
                send(served(request, at, ADS));
            }
            for (int ad = 0; ad < ADS; ad++) {
                draw(request, ad, at, isServed);
            }
        }
    }

    private void draw(String request, int ad, long at, boolean isServed) {
        boolean isShown = random.nextInt(3) > 0;
        boolean isClicked = random.nextInt(isShown ? 2 : 8) == 0;
        long shown = at + random.nextInt(300);
        long[] delays = {
            random.nextInt((int) W), W - 1, W, W + 1, W2, W2 + 1, random.nextInt((int) W2)
        };
        long clicked = shown + (isShown ? delays[random.nextInt(delays.length)] : 0);
        if (isShown) {
            send(impression(request, ad, "u", shown));
        }
        if (isClicked) {
            send(click(request, ad, "u", clicked));
        }
        if (!isServed) {
            unknown.merge("unknown_request", sent(request, ad), Integer::sum);
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

    private int sent(String request, int ad) {
        return (int)
                sent.stream()
                        .map(Sent::record)
                        .filter(r -> r.requestId().equals(request))
                        .filter(r -> r.kind() != LearningRecord.Kind.SERVED)
                        .filter(r -> r.adId().equals("ad" + ad))
                        .count();
    }

    /** Within the lateness, once or, one in five, twice. */
    private void send(LearningRecord record) {
        long at = record.eventTime() - START;
        sent.add(new Sent(at + random.nextInt((int) LATENESS), record));
        if (random.nextInt(5) == 0) {
            sent.add(new Sent(at + random.nextInt((int) LATENESS), record));
        }
    }

    /** Everything came, and time has passed all of it by W2. */
    void assertTruth(JoinHarness join, String of) {
        assertThat(labels(join)).as(of).isEqualTo(expected);
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
        assertThat(moved).as(of).isEqualTo(corrected);
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
        assertThat(reasons).as(of).isEqualTo(unknown);
        assertThat(join.waiting()).isZero();
        assertThat(join.entries()).isZero();
        assertThat(join.timers()).isZero();
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

    /** At any time. */
    static void assertBalance(JoinHarness join) {
        assertThat(
                        join.counter(LearningMetrics.IMPRESSIONS)
                                + join.counter(LearningMetrics.IMPLIED))
                .isEqualTo(
                        join.counter(LearningMetrics.FINAL)
                                + join.waiting()
                                + join.counter(LearningMetrics.IMPRESSIONS_REFUSED)
                                + join.counter(LearningMetrics.IMPRESSIONS_REPEATED));
    }
}
