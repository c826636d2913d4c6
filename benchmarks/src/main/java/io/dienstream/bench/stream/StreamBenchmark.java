package io.dienstream.bench.stream;

import io.dienstream.job.option.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** All cases of {@code dien bench stream}, after one whose figure nobody sees. */
public final class StreamBenchmark {
    private static final int WARM_UP_USERS = 200;
    private static final int WARM_UP_CANDIDATES = 20;
    private static final int WARM_UP_HISTORY = 100;
    private static final double WARM_UP_SECONDS = 5;

    private final Properties given;
    private final JobSettings settings;

    /**
     * @param given client properties of a Kafka, or null for one in this JVM
     */
    public StreamBenchmark(Properties given, JobSettings settings) {
        this.given = given;
        this.settings = settings;
    }

    /**
     * Runs the cases in their order.
     *
     * @param done called after each
     */
    public StreamTable run(
            List<StreamCase> cases, double seconds, double warmUp, String name, Runnable done)
            throws Exception {
        List<StreamFigure> figures = new ArrayList<>();
        // topics of an earlier run against the same Kafka must not be ours
        String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        try (BenchKafka kafka = BenchKafka.start(given)) {
            // the first job of a JVM is slow for its first seconds, whichever it is; it is no
            // longer
            // than two of the cases that follow
            double first = Math.min(WARM_UP_SECONDS, 2 * seconds);
            new StreamRun(kafka, settings, first, 0).run(warmUpCase(), run + "-w");
            for (StreamCase c : cases) {
                StreamRun one = new StreamRun(kafka, settings, seconds, warmUp);
                figures.add(one.run(c, run + "-" + figures.size()));
                done.run();
            }
        }
        return new StreamTable(
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                name,
                figures);
    }

    private static StreamCase warmUpCase() {
        return new StreamCase(
                StreamCase.Load.MIXED,
                false,
                WARM_UP_USERS,
                WARM_UP_HISTORY,
                WARM_UP_CANDIDATES,
                1,
                0,
                Backend.ROCKSDB);
    }
}
