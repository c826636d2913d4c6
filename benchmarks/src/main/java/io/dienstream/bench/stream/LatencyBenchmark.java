package io.dienstream.bench.stream;

import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** {@code dien bench latency}: one job, saturated first, then at shares of what it managed. */
public final class LatencyBenchmark {
    private static final int IN_FLIGHT = 500;

    private final Properties given;
    private final JobSettings settings;

    /**
     * @param given client properties of a Kafka, or null for one in this JVM
     */
    public LatencyBenchmark(Properties given, JobSettings settings) {
        this.given = given;
        this.settings = settings;
    }

    /**
     * How long and how much.
     *
     * @param shares of the saturation, each at most 1
     * @param seconds of each rate, the warm-up not counted
     */
    public record Plan(
            StreamCase of,
            int behaviorsPerRequest,
            List<Double> shares,
            double seconds,
            double warmUp) {}

    /**
     * Runs the plan.
     *
     * @param done called after the saturation and after each share
     */
    public LatencyTable run(Plan plan, String name, Runnable done) throws Exception {
        StreamCase c = plan.of();
        String id = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        try (BenchKafka kafka = BenchKafka.start(given);
                CaseJob job = new CaseJob(c, kafka, settings, id);
                LogPlayer tracker = job.topics.tracker();
                LogPlayer adServer = job.topics.player();
                TopicTail scores = job.topics.scores()) {
            job.startWithHistories(tracker);
            OpenLoop loop =
                    new OpenLoop(
                            job, tracker, adServer, c.candidates(), plan.behaviorsPerRequest());
            double saturation =
                    loop.saturation(scores, plan.seconds(), 2 * plan.warmUp(), IN_FLIGHT);
            done.run();
            List<LatencyTable.Row> rows = new ArrayList<>();
            for (double share : plan.shares()) {
                double rate = share * saturation;
                rows.add(
                        LatencyTable.row(
                                share,
                                rate,
                                loop.run(scores, rate, plan.seconds(), plan.warmUp())));
                done.run();
            }
            job.cancel();
            return new LatencyTable(
                    System.getProperty("java.version"),
                    Runtime.getRuntime().availableProcessors(),
                    name,
                    c,
                    plan.behaviorsPerRequest(),
                    saturation,
                    rows);
        }
    }
}
