package io.dienstream.bench.stream;

import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.ScoredRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One kill of what scores, under a steady load of requests for users whose answers are known and of
 * clicks of others; then requests for those who clicked, whose histories must be whole.
 */
final class KillRun {
    private static final double MOST_REQUESTS_PER_SECOND = 100;
    private static final int REQUESTS_PER_CLICK = 5;
    private static final int SECONDS_BEFORE = 2;
    private static final int SECONDS_AFTER = 6;
    private static final Duration POLL = Duration.ofMillis(2);
    private static final long LAST_ANSWERS_NANOS = 40_000_000_000L;
    private static final double NANOS = 1e9;
    private static final long NOT_YET = Long.MIN_VALUE;

    private final PeerSession session;
    private final PeerPlan plan;
    private final double rate;
    private final Map<String, Asked> open = new HashMap<>();
    private final Map<String, Asked> answered = new HashMap<>();
    private long wrong;
    private long repeated;
    private long longest;
    private Future<?> kill;
    private volatile long killed = NOT_YET;

    /**
     * @param sameLoad requests a second that every contender bears
     */
    KillRun(PeerSession session, PeerPlan plan, double sameLoad) {
        this.session = session;
        this.plan = plan;
        rate = Math.min(MOST_REQUESTS_PER_SECOND, sameLoad);
    }

    /** What was asked, when, ns, and what the answer must be. */
    private record Asked(long due, float[] pctr) {}

    /** Runs it; the session's job runs before and after. */
    PeerTable.Kill run() throws Exception {
        session.awaitAnswer();
        ExecutorService killer = Executors.newSingleThreadExecutor();
        try (TopicTail tail = session.job.topics.scoresFromNow();
                AnswerReader answers = new AnswerReader(tail)) {
            load(answers, killer);
            awaitAnswers(answers);
            long lost = open.size();
            long wrongWhile = wrong;
            open.clear();
            int last = answered.size();
            for (int user = 0; user < plan.clicking(); user++) {
                ask("after-" + user, plan.firstClicking() + user, System.nanoTime());
            }
            awaitAnswers(answers);
            return new PeerTable.Kill(
                    session.contender.killed(),
                    last + lost,
                    lost,
                    wrongWhile,
                    repeated,
                    longest / NANOS,
                    plan.clicking(),
                    wrong - wrongWhile + open.size());
        } finally {
            killer.shutdownNow();
        }
    }

    private void load(AnswerReader answers, ExecutorService killer) throws Exception {
        long start = System.nanoTime();
        int total = (int) ((SECONDS_BEFORE + SECONDS_AFTER) * rate);
        for (int i = 0; i < total; i++) {
            // what has answered nothing yet would only start later
            if (kill == null && i >= SECONDS_BEFORE * rate && !answered.isEmpty()) {
                kill = killer.submit(this::kill);
            }
            long due = start + (long) (i * NANOS / rate);
            while (System.nanoTime() < due) {
                answers.poll(POLL, this::take);
            }
            ask("kill-" + i, i % plan.known(), due);
            if (i % REQUESTS_PER_CLICK == 0) {
                session.send(plan.firstClicking() + click(i), System.currentTimeMillis());
            }
        }
        session.tracker.flush();
        if (kill == null) {
            throw new IllegalStateException(
                    "%s answered nothing in %d s, so that nothing could be killed"
                            .formatted(session.contender.name(), SECONDS_BEFORE + SECONDS_AFTER));
        }
        kill.get();
    }

    private int click(int i) {
        return i / REQUESTS_PER_CLICK % plan.clicking();
    }

    private Void kill() throws Exception {
        killed = System.nanoTime();
        if (!session.contender.killScoring()) {
            session.job.killTaskManager();
        }
        return null;
    }

    private void ask(String id, int user, long due) {
        AdRequest request =
                session.job.records.request(
                        id, user, System.currentTimeMillis(), plan.candidates().get(0));
        open.put(id, new Asked(due, session.known.pctr(request)));
        session.adServer.send(request);
    }

    private void take(ScoredRequest answer) {
        Asked asked = open.remove(answer.getRequestId());
        boolean again = asked == null;
        if (again) {
            asked = answered.get(answer.getRequestId());
        }
        if (asked == null) {
            return; // of a measurement before this
        }
        repeated += again ? 1 : 0;
        answered.put(answer.getRequestId(), asked);
        if (!(KnownAnswers.difference(answer, asked.pctr) <= KnownAnswers.ALLOWED)) {
            wrong++;
        }
        long from = killed;
        if (!again && from != NOT_YET) {
            longest = Math.max(longest, System.nanoTime() - Math.max(from, asked.due));
        }
    }

    private void awaitAnswers(AnswerReader answers) {
        session.adServer.flush();
        long deadline = System.nanoTime() + LAST_ANSWERS_NANOS;
        while (!open.isEmpty() && System.nanoTime() < deadline) {
            answers.poll(POLL, this::take);
        }
    }
}
