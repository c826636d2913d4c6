package io.dienstream.bench.stream;

import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * From when a click is sent to the first score that sees it: after the click requests with one
 * candidate follow in quick succession, two on their way at most, until an answer has the pCTR with
 * the click. A user a click.
 */
final class FreshnessRun {
    private static final long EVERY_NANOS = 2_000_000;

    /** More would measure how much load a contender bears. */
    private static final int MOST_ON_THEIR_WAY = 2;

    private static final Duration POLL = Duration.ofMillis(1);
    private static final long APART_NANOS = 50_000_000;
    private static final long GIVEN_UP_NANOS = 5_000_000_000L;
    private static final int DIGITS = 3;
    private static final double LEAST_CHANGE = 10 * KnownAnswers.ALLOWED;

    private final PeerSession session;
    private final PeerPlan plan;

    /** ns. */
    final Histogram nanos = new Histogram(DIGITS);

    /** Clicks that no score has seen in five seconds; these seconds are their time. */
    int unseen;

    /** Probes whose click would hardly have changed a pCTR; no click was sent. */
    int skipped;

    FreshnessRun(PeerSession session, PeerPlan plan) {
        this.session = session;
        this.plan = plan;
    }

    /**
     * Sends the clicks one after the other. Draws from records of its own: others may be sent at
     * the same time.
     *
     * @param goOn whether there is to be another
     */
    void run(RecordSource records, BooleanSupplier goOn) {
        try (LogPlayer tracker = session.job.topics.player();
                LogPlayer adServer = session.job.topics.player();
                TopicTail tail = session.job.topics.scoresFromNow();
                AnswerReader answers = new AnswerReader(tail)) {
            for (int i = 0; i < plan.probes() && goOn.getAsBoolean(); i++) {
                probe(i, records, tracker, adServer, answers);
                LockSupport.parkNanos(APART_NANOS);
            }
        }
    }

    private void probe(
            int i,
            RecordSource records,
            LogPlayer tracker,
            LogPlayer adServer,
            AnswerReader answers) {
        int user = plan.firstProbe() + i;
        long now = System.currentTimeMillis();
        Behavior click = records.behavior("probe-" + i, user, now);
        AdRequest request = records.request("probe", user, now, plan.candidates().get(0));
        float[] before = session.known.pctr(request);
        session.known.add(click);
        float[] after = session.known.pctr(request);
        int tellsMost = farthest(before, after);
        request.setCandidates(List.of(request.getCandidates().get(tellsMost)));
        float[] seen = {after[tellsMost]};
        double change = Math.abs(after[tellsMost] - before[tellsMost]);
        if (!(change >= LEAST_CHANGE)) {
            skipped++;
            return;
        }
        double half = change / 2;

        String prefix = "probe-" + i + "-";
        boolean[] done = {false};
        int[] onTheirWay = {0};
        long sent = System.nanoTime();
        tracker.send(click);
        long next = sent;
        for (int k = 0; !done[0] && System.nanoTime() - sent < GIVEN_UP_NANOS; ) {
            if (System.nanoTime() >= next && onTheirWay[0] < MOST_ON_THEIR_WAY) {
                request.setRequestId(prefix + k++);
                request.setTimestamp(System.currentTimeMillis());
                adServer.send(request);
                onTheirWay[0]++;
                next = System.nanoTime() + EVERY_NANOS;
            }
            answers.poll(
                    POLL,
                    answer -> {
                        if (answer.getRequestId().startsWith(prefix)) {
                            onTheirWay[0]--;
                            done[0] |= KnownAnswers.difference(answer, seen) < half;
                        }
                    });
        }
        if (done[0]) {
            nanos.recordValue(System.nanoTime() - sent);
        } else {
            nanos.recordValue(GIVEN_UP_NANOS);
            unseen++;
        }
    }

    /** The candidate whose pCTR tells best whether the click was seen. */
    private static int farthest(float[] before, float[] after) {
        int best = 0;
        for (int n = 1; n < before.length; n++) {
            if (Math.abs(after[n] - before[n]) > Math.abs(after[best] - before[best])) {
                best = n;
            }
        }
        return best;
    }
}
