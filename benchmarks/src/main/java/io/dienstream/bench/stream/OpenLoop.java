package io.dienstream.bench.stream;

import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * Sends requests by the clock, whether or not answers come, and takes the time from when each was
 * due: a generator that fell behind, or a job that stood still, costs every request that was due
 * meanwhile (no coordinated omission). One thread sends, another reads the scores.
 */
final class OpenLoop {
    private static final Duration POLL = Duration.ofMillis(5);
    private static final long NAP_NANOS = 50_000;
    private static final double NANOS = 1e9;
    private static final int DIGITS = 3;
    private static final int LAST_ANSWERS_SECONDS = 10;

    /** Of a second, for the course of latency over time. */
    static final int SLOTS = 10;

    private final CaseJob job;
    private final LogPlayer tracker;
    private final LogPlayer adServer;
    private final int candidates;
    private final int behaviorsPerRequest;
    private final int lastAnswersSeconds;

    /**
     * @param tracker sends the behaviors
     * @param adServer sends the requests
     */
    OpenLoop(
            CaseJob job,
            LogPlayer tracker,
            LogPlayer adServer,
            int candidates,
            int behaviorsPerRequest) {
        this(job, tracker, adServer, candidates, behaviorsPerRequest, LAST_ANSWERS_SECONDS);
    }

    /**
     * Likewise.
     *
     * @param lastAnswersSeconds after the last request, until one without an answer is missing
     */
    OpenLoop(
            CaseJob job,
            LogPlayer tracker,
            LogPlayer adServer,
            int candidates,
            int behaviorsPerRequest,
            int lastAnswersSeconds) {
        this.lastAnswersSeconds = lastAnswersSeconds;
        this.job = job;
        this.tracker = tracker;
        this.adServer = adServer;
        this.candidates = candidates;
        this.behaviorsPerRequest = behaviorsPerRequest;
    }

    /**
     * What came back.
     *
     * @param latency ns from when a request was due to its answer in the consumer's hands, those of
     *     the warm-up left out
     * @param missing requests without an answer a while after the last was sent
     * @param perSecond answers a second, from the end of the warm-up
     * @param slowest ns, of the requests that were due in each tenth of a second, likewise
     * @param each request, those of the warm-up included
     */
    record Outcome(Histogram latency, long missing, double perSecond, long[] slowest, Each each) {}

    /**
     * Every request of a run, in the order in which they were due.
     *
     * @param firstId number in the id of the first
     * @param count of requests; what is behind them in the arrays is nothing
     * @param due by the JVM's clock, ns
     * @param answered likewise; 0 for one that was not
     */
    record Each(long firstId, int count, AtomicLongArray due, AtomicLongArray answered) {}

    /** The most that goes through: {@code inFlight} requests are always on their way. */
    double saturation(TopicTail scores, double seconds, double warmUp, int inFlight)
            throws InterruptedException {
        Exchange exchange = new Exchange(scores, 0, 0, 0);
        long start = System.nanoTime();
        long warm = -1;
        long warmAt = 0;
        while (System.nanoTime() - start < (warmUp + seconds) * NANOS) {
            if (exchange.sent - exchange.answered.get() < inFlight) {
                send(exchange);
            } else {
                LockSupport.parkNanos(NAP_NANOS);
            }
            if (warm < 0 && System.nanoTime() - start > warmUp * NANOS) {
                warm = exchange.answered.get();
                warmAt = System.nanoTime();
            }
        }
        double rate = (exchange.answered.get() - warm) * NANOS / (System.nanoTime() - warmAt);
        exchange.finish();
        return rate;
    }

    /** Sends {@code rate} requests a second for so long. */
    Outcome run(TopicTail scores, double rate, double seconds, double warmUp)
            throws InterruptedException {
        return run(scores, rate, seconds, warmUp, () -> false);
    }

    /**
     * Likewise, but no longer than until {@code enough}.
     *
     * @param seconds at most
     */
    Outcome run(
            TopicTail scores, double rate, double seconds, double warmUp, BooleanSupplier enough)
            throws InterruptedException {
        int total = (int) (rate * (warmUp + seconds));
        int warm = (int) (rate * warmUp);
        Exchange exchange = new Exchange(scores, total, warm, (int) Math.ceil(seconds * SLOTS));
        long start = System.nanoTime();
        int sent = 0;
        for (int n = 0; n < total && !enough.getAsBoolean(); n++) {
            long due = start + (long) (n * NANOS / rate);
            exchange.due.set(n, due);
            parkUntil(due);
            send(exchange);
            sent++;
        }
        exchange.finish();
        double span = (exchange.last - (start + warmUp * NANOS)) / NANOS;
        return new Outcome(
                exchange.latency,
                sent - exchange.answered.get(),
                exchange.latency.getTotalCount() / span,
                exchange.slowest,
                new Each(exchange.firstId, sent, exchange.due, exchange.at));
    }

    /** Sends {@code rate} requests a second until {@code done}; nothing is timed. */
    void load(TopicTail scores, double rate, BooleanSupplier done) throws InterruptedException {
        Exchange exchange = new Exchange(scores, 0, 0, 0);
        long start = System.nanoTime();
        while (!done.getAsBoolean()) {
            parkUntil(start + (long) (exchange.sent * NANOS / rate));
            send(exchange);
        }
        exchange.finish();
    }

    private static void parkUntil(long due) {
        // naps would be a seventh of a core, of which the job has none to spare
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void send(Exchange exchange) {
        long now = System.currentTimeMillis();
        for (int b = 0; b < behaviorsPerRequest; b++) {
            tracker.send(job.records.behavior(now));
        }
        adServer.send(job.records.request(now, candidates));
        exchange.sent++;
    }

    /** Requests on one side, answers on the other; request ids go on counting from run to run. */
    private final class Exchange {
        final AtomicLong answered = new AtomicLong();
        final Histogram latency = new Histogram(DIGITS);
        final AtomicLongArray due;
        final AtomicLongArray at;
        final long[] slowest;
        final long firstId = job.records.requests();
        private final int warm;
        private final Thread reader;
        private volatile boolean ended;
        volatile long last;
        long sent;

        /**
         * @param timed how many requests have a due time; none where only answers are counted
         * @param warm the first of them, of the warm-up, which leave no latency
         * @param slots tenths of a second after that
         */
        Exchange(TopicTail scores, int timed, int warm, int slots) {
            due = new AtomicLongArray(timed);
            at = new AtomicLongArray(timed);
            slowest = new long[slots];
            this.warm = warm;
            reader = new Thread(() -> read(scores), "dien-bench-reader");
            reader.setDaemon(true);
            reader.start();
        }

        private void read(TopicTail scores) {
            while (!ended) {
                scores.poll(
                        POLL, record -> take(new String(record.key(), StandardCharsets.US_ASCII)));
            }
        }

        private void take(String requestId) {
            if (requestId.charAt(0) != 'r') {
                return; // of whoever asks beside this
            }
            long n = Long.parseLong(requestId.substring(1)) - firstId;
            if (n < 0) {
                return;
            }
            last = System.nanoTime();
            if (n < at.length()) {
                at.set((int) n, last);
            }
            if (n >= warm && n < due.length()) {
                record(due.get((int) n));
            }
            answered.incrementAndGet();
        }

        private void record(long wasDue) {
            latency.recordValue(last - wasDue);
            int slot = (int) ((wasDue - due.get(warm)) * SLOTS / NANOS);
            if (slot < slowest.length) {
                slowest[slot] = Math.max(slowest[slot], last - wasDue);
            }
        }

        /** Waits for the last answers, but not for ever. */
        void finish() throws InterruptedException {
            tracker.flush();
            adServer.flush();
            long deadline = System.nanoTime() + lastAnswersSeconds * (long) NANOS;
            while (answered.get() < sent && System.nanoTime() < deadline) {
                LockSupport.parkNanos(NAP_NANOS);
            }
            ended = true;
            reader.join();
        }
    }
}
