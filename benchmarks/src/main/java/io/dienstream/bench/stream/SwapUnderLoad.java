package io.dienstream.bench.stream;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * A large model is swapped for another in a job under load, and everything that it answers judged.
 */
final class SwapUnderLoad {
    private static final double NANOS = 1e9;
    private static final double NANOS_PER_MS = 1e6;
    private static final double MS = 1e3;
    private static final int IN_FLIGHT = 500;

    /** A job that stood still for as long has not lost what it then answers. */
    private static final int PATIENCE_S = 60;

    private static final int DIGITS = 3;

    /** Of the rate that is sent: at as much the old throughput is there again. */
    private static final double AGAIN = 0.95;

    private static final String NEXT = "next";
    private static final String TRIED = "tried";
    private static final int TURNS = 2;

    private final Path live;
    private final Path next;
    private final Path tried;
    private final JobSettings settings;

    /**
     * @param next what {@code live} is swapped for
     * @param tried a third one, whose requests are compared with those of the live one before
     */
    SwapUnderLoad(Path live, Path next, Path tried, JobSettings settings) {
        this.live = live;
        this.next = next;
        this.tried = tried;
        this.settings = settings;
    }

    /** Of the JVM's clock, ns. */
    private record Moments(long published, long ready, long switched) {}

    /** Runs it; {@code step} is called after each part. */
    SwapTable.Swap run(SwapBenchmark.Plan plan, Runnable step) throws Exception {
        StreamCase c = plan.of();
        try (BenchKafka kafka = BenchKafka.start(null);
                CaseJob job = new CaseJob(c, kafka, settings, "swap");
                LogPlayer tracker = job.topics.tracker();
                LogPlayer adServer = job.topics.player();
                TopicTail scores = job.topics.scores()) {
            job.startWithHistories(tracker);
            Publisher publisher = new Publisher(kafka.client());
            publisher.publish(TRIED, tried, ModelReader.read(tried).checksum());
            // without behaviors: they would have histories of fewer than T
            OpenLoop requests = new OpenLoop(job, tracker, adServer, c.candidates(), 0);
            List<SwapTable.Arm> arms = arms(requests, scores, plan, publisher);
            step.run();
            publisher.retire(TRIED);
            OpenLoop loop = new OpenLoop(job, tracker, adServer, c.candidates(), 1, PATIENCE_S);
            double saturation = loop.saturation(scores, plan.seconds(), plan.warmUp(), IN_FLIGHT);
            step.run();
            double rate = plan.share() * saturation;
            double begin = plan.warmUp() + plan.seconds();
            String sha256 = ModelReader.read(next).checksum();
            Beside<Moments> swap =
                    Beside.start("swap", () -> swap(publisher, sha256, begin, plan.seconds()));
            double most = 2 * plan.seconds() + plan.swapSeconds();
            OpenLoop.Outcome outcome = loop.run(scores, rate, most, plan.warmUp(), swap::isDone);
            if (!swap.isDone()) {
                throw new IOException(
                        "the swap took longer than the load, which was sent for %.0f s: give more"
                                        .formatted(most)
                                + " --swap-seconds, or a smaller --share");
            }
            Moments moments = swap.await();
            step.run();
            ServedCheck.Found found =
                    new ServedCheck(
                                    outcome.each().firstId(),
                                    outcome.each().count(),
                                    Map.of("live", live, NEXT, next))
                            .check(kafka.client(), job.topics);
            job.cancel();
            step.run();
            return new SwapTable.Swap(
                    saturation,
                    rate,
                    phases(outcome, moments, plan),
                    seconds(moments.published(), moments.ready()),
                    seconds(moments.ready(), moments.switched()),
                    untilAgain(outcome.each(), moments, rate),
                    found,
                    arms);
        }
    }

    /** What goes through when all users are the live version's, and all are the candidate's. */
    private static List<SwapTable.Arm> arms(
            OpenLoop requests, TopicTail scores, SwapBenchmark.Plan plan, Publisher publisher)
            throws Exception {
        requests.saturation(scores, 1, plan.warmUp(), IN_FLIGHT);
        List<SwapTable.Arm> arms = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            for (boolean candidate : new boolean[] {false, true}) {
                publisher.ramp(TRIED, candidate ? 100 : 0);
                double perSecond =
                        requests.saturation(
                                scores, plan.seconds() / 2, plan.seconds() / 4, IN_FLIGHT);
                arms.add(new SwapTable.Arm(candidate ? "candidate" : "live", perSecond));
            }
        }
        publisher.ramp(TRIED, 0);
        return arms;
    }

    /** Returns so long after it, as the load goes on until then. */
    private Moments swap(Publisher publisher, String sha256, double inSeconds, double after)
            throws IOException, InterruptedException {
        Thread.sleep((long) (inSeconds * MS));
        long published = System.nanoTime();
        publisher.publish(NEXT, next, sha256);
        long ready = System.nanoTime();
        publisher.promote(NEXT);
        long switched = System.nanoTime();
        Thread.sleep((long) (after * MS));
        return new Moments(published, ready, switched);
    }

    private static List<SwapTable.Phase> phases(
            OpenLoop.Outcome outcome, Moments moments, SwapBenchmark.Plan plan) {
        OpenLoop.Each each = outcome.each();
        long begin = each.due().get(0) + (long) (plan.warmUp() * NANOS);
        long end = each.due().get(each.count() - 1);
        return List.of(
                phase("before", each, begin, moments.published()),
                phase("load, warm-up", each, moments.published(), moments.ready()),
                phase("switch", each, moments.ready(), moments.switched() + (long) NANOS),
                phase("after", each, moments.switched() + (long) NANOS, end));
    }

    private static SwapTable.Phase phase(String name, OpenLoop.Each each, long from, long to) {
        Histogram latency = new Histogram(DIGITS);
        for (int n = 0; n < each.count(); n++) {
            long due = each.due().get(n);
            if (due >= from && due < to && each.answered().get(n) > 0) {
                latency.recordValue(each.answered().get(n) - due);
            }
        }
        return new SwapTable.Phase(
                name,
                seconds(from, to),
                latency.getTotalCount(),
                latency.getValueAtPercentile(50) / NANOS_PER_MS,
                latency.getValueAtPercentile(99) / NANOS_PER_MS,
                latency.getValueAtPercentile(99.9) / NANOS_PER_MS,
                latency.getMaxValue() / NANOS_PER_MS);
    }

    private static double seconds(long from, long to) {
        return (to - from) / NANOS;
    }

    /**
     * Seconds from the switch to the end of the last second in which fewer answers came than at the
     * old throughput; 0 where there was none.
     */
    private static double untilAgain(OpenLoop.Each each, Moments moments, double rate) {
        long last = each.due().get(each.count() - 1);
        int seconds = (int) ((last - moments.switched()) / NANOS);
        long[] answers = new long[Math.max(0, seconds)];
        for (int n = 0; n < each.count(); n++) {
            double at = (each.answered().get(n) - moments.switched()) / NANOS;
            if (at >= 0 && at < answers.length) {
                answers[(int) at]++;
            }
        }
        int slow = answers.length - 1;
        while (slow >= 0 && answers[slow] >= AGAIN * rate) {
            slow--;
        }
        return slow + 1;
    }
}
