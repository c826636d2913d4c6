package io.dienstream.bench.stream;

import io.dienstream.bench.peer.Contender;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * One contender's topics, cluster and histories, the same for each. Its job runs between {@link
 * #resume} and {@link #pause}, so that contenders can take turns; processes beside it wait.
 */
final class PeerSession implements AutoCloseable {
    private static final long FILL_SPAN_MS = 600_000;
    private static final Duration POLL = Duration.ofMillis(20);
    private static final long ANSWERS_NANOS = 60_000_000_000L;
    private static final int CHECKED = 50;
    private static final double NANOS = 1e9;
    private static final int FEW_BEHAVIORS = 40_000;
    private static final int FEW_REQUESTS = 2_000;
    private static final int MOST_AT_ONCE = 5;
    private static final int MOST_AGAIN = 2;
    private static final double LONG_ENOUGH = 2;

    final Contender contender;
    final CaseJob job;
    final KnownAnswers known;
    final LogPlayer tracker;
    final LogPlayer adServer;

    private final PeerPlan plan;
    private final Map<String, Double> lastRates = new HashMap<>();
    private String checkpoint;
    private int starts;

    /**
     * @param id part of the topics' names
     */
    PeerSession(
            Contender contender, PeerPlan plan, BenchKafka kafka, JobSettings settings, String id)
            throws Exception {
        this.contender = contender;
        this.plan = plan;
        known = new KnownAnswers(settings.model());
        job = new CaseJob(plan.streamCase(), kafka, settings, id, contender);
        tracker = job.topics.tracker();
        adServer = job.topics.player();
        job.records.leaveRequestsAlone();
    }

    /** Writes all histories, has the job apply them, and leaves it paused. */
    void fill() throws Exception {
        long start = System.currentTimeMillis() - FILL_SPAN_MS;
        long step = Math.max(1, FILL_SPAN_MS / (plan.history() + 1));
        long total = 0;
        for (int t = 0; t < plan.history(); t++) {
            for (int user = 0; user < plan.all(); user++) {
                if (t < plan.behaviorsOf(user)) {
                    send(user, start + t * step);
                    total++;
                }
            }
        }
        tracker.flush();
        job.submit(null);
        long all = total;
        job.await(() -> job.applied() >= all);
        pause();
    }

    /** Sends a click of {@code user}. */
    void send(int user, long time) {
        Behavior behavior = job.records.behavior(user, time);
        if (plan.isKnown(user)) {
            known.add(behavior);
        }
        tracker.send(behavior);
    }

    /** Starts the job where it was paused. */
    void resume() throws Exception {
        job.submit(checkpoint);
    }

    /** Stops the job at a checkpoint. */
    void pause() throws Exception {
        checkpoint = job.checkpoint();
        job.cancel();
    }

    /**
     * Sends a request and waits for its answer: the job has started.
     *
     * @throws IOException where there is none in a minute
     */
    void awaitAnswer() throws IOException {
        String id = "start-" + starts++;
        boolean[] answered = {false};
        long deadline = System.nanoTime() + ANSWERS_NANOS;
        try (AnswerReader reader = new AnswerReader(job.topics.scoresFromNow())) {
            adServer.send(
                    job.records.request(
                            id, 0, System.currentTimeMillis(), plan.candidates().get(0)));
            adServer.flush();
            while (!answered[0]) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(
                            contender.name() + " answered nothing in a minute after its start");
                }
                reader.poll(POLL, answer -> answered[0] |= answer.getRequestId().equals(id));
            }
        }
    }

    /**
     * Asks for known users, N of every size in turn.
     *
     * @return the largest difference to what the answers must be
     * @throws IOException where one is missing, or differs by more than {@link
     *     KnownAnswers#ALLOWED}
     */
    double check() throws Exception {
        resume();
        Map<String, float[]> expected = new HashMap<>();
        for (int i = 0; i < CHECKED; i++) {
            int n = plan.candidates().get(i % plan.candidates().size());
            AdRequest request =
                    job.records.request(
                            "check-" + i, i % plan.known(), System.currentTimeMillis(), n);
            expected.put(request.getRequestId(), known.pctr(request));
            adServer.send(request);
        }
        adServer.flush();
        double[] most = {0};
        long deadline = System.nanoTime() + ANSWERS_NANOS;
        try (AnswerReader reader = new AnswerReader(job.topics.scores())) {
            while (!expected.isEmpty() && System.nanoTime() < deadline) {
                reader.poll(
                        POLL,
                        answer -> {
                            float[] pctr = expected.remove(answer.getRequestId());
                            if (pctr != null) {
                                most[0] = Math.max(most[0], KnownAnswers.difference(answer, pctr));
                            }
                        });
            }
        }
        pause();
        if (!expected.isEmpty()) {
            throw new IOException(
                    "%s has not answered %d of %d requests in a minute: nothing is timed"
                            .formatted(contender.name(), expected.size(), CHECKED));
        }
        if (!(most[0] <= KnownAnswers.ALLOWED)) {
            throw new IOException(
                    "%s and the artifact differ by %s, more than %s: nothing is timed"
                            .formatted(contender.name(), most[0], KnownAnswers.ALLOWED));
        }
        return most[0];
    }

    /**
     * Writes a backlog while nothing runs, and times how the job eats it. A first call with a load
     * finds out how much a backlog is: the last of several, each at least twice as long as the one
     * before, that keeps the job busy for two seconds. A backlog that lasts less than half of what
     * was wanted is doubled, twice at most.
     *
     * @param candidates of each request; 0: behaviors
     * @throws IllegalStateException where the job was done within the warm-up
     */
    PeerTable.Rate rate(int candidates) throws Exception {
        String load = Integer.toString(candidates);
        double guess = lastRates.getOrDefault(load, 0.0);
        if (guess == 0) {
            guess = guess(candidates);
        }
        long total = (long) (guess * (plan.seconds() + plan.warmUp()));
        PeerTable.Rate rate = drain(candidates, total, plan.warmUp());
        // the guess may have met a busy moment of the machine
        for (int again = 0; again < MOST_AGAIN && rate.seconds() < plan.seconds() / 2; again++) {
            total *= 2;
            rate = drain(candidates, total, plan.warmUp());
        }
        if (rate.seconds() == 0) {
            throw new IllegalStateException(
                    "the backlog of %,d was done before it could be timed: give more --seconds"
                            .formatted(total));
        }
        lastRates.put(load, rate.perSecond());
        return rate;
    }

    private double guess(int candidates) throws Exception {
        long few = candidates == 0 ? FEW_BEHAVIORS : FEW_REQUESTS;
        while (true) {
            PeerTable.Rate rate = drain(candidates, few, 0);
            if (rate.seconds() >= LONG_ENOUGH) {
                return rate.perSecond();
            }
            double factor = rate.seconds() == 0 ? MOST_AT_ONCE : 1.2 * LONG_ENOUGH / rate.seconds();
            few = (long) (few * Math.min(MOST_AT_ONCE, Math.max(2, factor)));
        }
    }

    /** Its seconds are 0 where nothing was left after the warm-up. */
    private PeerTable.Rate drain(int candidates, long total, double warmUp) throws Exception {
        for (long n = 0; n < total; n++) {
            long now = System.currentTimeMillis();
            if (candidates == 0) {
                tracker.send(job.records.behavior(now));
            } else {
                adServer.send(job.records.request(now, candidates));
            }
        }
        tracker.flush();
        adServer.flush();
        resume();
        job.await(() -> job.applied() > 0);
        long first = System.nanoTime();
        job.await(() -> job.applied() >= total || System.nanoTime() - first >= warmUp * NANOS);
        long from = job.applied();
        if (from >= total) {
            pause();
            return new PeerTable.Rate(candidates, 0, 0, Map.of());
        }
        Map<String, Long> cpu = CpuTimes.now(contender);
        long start = System.nanoTime();
        job.await(() -> job.applied() >= total);
        double seconds = (System.nanoTime() - start) / NANOS;
        long done = job.applied() - from;
        Map<String, Double> micros = CpuTimes.micros(cpu, CpuTimes.now(contender), done);
        pause();
        return new PeerTable.Rate(candidates, done / seconds, seconds, micros);
    }

    @Override
    public void close() throws Exception {
        try (contender;
                job;
                tracker;
                adServer) {
            lastRates.clear();
        }
    }
}
