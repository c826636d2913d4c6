package io.dienstream.datasets.served;

import io.dienstream.datasets.prepare.ExampleSpool;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * How long after their impressions clicks came, of all that a source has: a learner that learns
 * from what is new knows the delays from what is old. Clicks take about 70 bytes each.
 *
 * <p>The cut is the newest time at which a label became final. All clicks up to then are in the
 * source: a label is final by the time of all inputs, and corrections of earlier clicks are out.
 */
final class ClickDelays {
    /** Two 32-bit hashes and two times tell clicks apart. */
    private record Click(int request, int ad, long impressedAt, long clickedAt) {
        long delay() {
            return clickedAt - impressedAt;
        }
    }

    private final Set<Click> clicks = new HashSet<>();
    private long cut = Long.MIN_VALUE;
    private long oldest = Long.MAX_VALUE;

    /** Takes the clicks of an example as it was written, before corrections. */
    void add(TrainingExample example) {
        cut = Math.max(cut, ExampleSpool.time(example));
        for (LabeledCandidate c : example.getCandidates()) {
            // an implied impression was made of its click, so its delay says nothing
            if (c.getImpressedAt() == null || c.getImplied() || c.getSampled()) {
                continue;
            }
            oldest = Math.min(oldest, c.getImpressedAt());
            if (c.getClicked() && c.getClickedAt() != null) {
                add(example.getRequestId(), c.getAdId(), c.getImpressedAt(), c.getClickedAt());
            }
        }
    }

    /** Takes a late click; those on negatives that were left out as well: delays are of all. */
    void add(LabelCorrection late) {
        add(late.getRequestId(), late.getAdId(), late.getImpressedAt(), late.getClickedAt());
    }

    private void add(String request, String ad, long impressedAt, long clickedAt) {
        clicks.add(new Click(request.hashCode(), ad.hashCode(), impressedAt, clickedAt));
    }

    /** The newest time at which a label became final, ms; {@link Long#MIN_VALUE} without any. */
    long cut() {
        return cut;
    }

    /**
     * F of the impressions for which the wait for corrections is over at the cut. Those of before
     * the oldest example do not count: of them only late clicks may be left.
     *
     * @param correctionWaitMs W2
     * @param least clicks that it takes
     * @throws IOException where there are fewer, or a click came later than W2
     */
    DelayCurve curve(long correctionWaitMs, int least) throws IOException {
        long longest = clicks.stream().mapToLong(Click::delay).max().orElse(0);
        if (longest > correctionWaitMs) {
            throw new IOException(
                    "a click came %s after its impression, later than the wait for corrections, %s: --correction-wait must be the longest labels.correction-wait of the learning job that any of it was made with"
                            .formatted(
                                    Duration.ofMillis(longest),
                                    Duration.ofMillis(correctionWaitMs)));
        }
        long[] delays =
                clicks.stream()
                        .filter(c -> c.impressedAt() >= oldest)
                        .filter(c -> c.impressedAt() <= cut - correctionWaitMs)
                        .mapToLong(Click::delay)
                        .toArray();
        if (delays.length < least) {
            throw new IOException(
                    "--immature fsiw needs %,d clicks on impressions older than the wait for corrections (%s), to know how late clicks come, and there are %,d: leave more or older examples where it reads, or train with --immature none until there are"
                            .formatted(least, Duration.ofMillis(correctionWaitMs), delays.length));
        }
        return new DelayCurve(delays);
    }
}
