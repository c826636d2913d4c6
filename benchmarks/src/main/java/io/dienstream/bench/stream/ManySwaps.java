package io.dienstream.bench.stream;

import io.dienstream.bench.MappedFiles;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.sandbox.soak.Measure;
import io.dienstream.sandbox.soak.ProcessSampler;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** One model is swapped for another again and again, under load: what is left of those before. */
final class ManySwaps {
    /**
     * Models that take turns. A scoring subtask keeps those that it used last, and what it keeps
     * need not be loaded: with more than it may keep, each swap loads one.
     */
    static final int MODELS = RolloutPlan.MOST_LOADED + 2;

    private static final double NANOS_PER_MS = 1e6;
    private static final int IN_FLIGHT = 500;
    private static final double MEBIBYTE = 1 << 20;

    private static final double SHARE = 0.25;
    private static final int PATIENCE_S = 60;

    /** Buffers are unmapped by a thread that runs some time after the collector found them. */
    private static final int MOST_COLLECTIONS = 20;

    private static final int STEADY = 3;
    private static final long COLLECTION_NANOS = 50_000_000;

    private final List<Path> models;
    private final JobSettings settings;
    private final AtomicInteger done = new AtomicInteger();
    private long loadsBefore;

    /**
     * @param models that take turns; the job starts with the first
     */
    ManySwaps(List<Path> models, JobSettings settings) {
        this.models = models;
        this.settings = settings;
    }

    List<SwapTable.Sample> run(SwapBenchmark.Plan plan) throws Exception {
        StreamCase c = plan.of();
        try (BenchKafka kafka = BenchKafka.start(null);
                CaseJob job = new CaseJob(c, kafka, settings, "swaps");
                LogPlayer tracker = job.topics.tracker();
                LogPlayer adServer = job.topics.player();
                TopicTail scores = job.topics.scores()) {
            job.startWithHistories(tracker);
            OpenLoop loop = new OpenLoop(job, tracker, adServer, c.candidates(), 1, PATIENCE_S);
            double rate =
                    SHARE * loop.saturation(scores, plan.seconds() / 2, plan.warmUp(), IN_FLIGHT);
            List<SwapTable.Sample> samples = new ArrayList<>();
            loadsBefore = ModelRegistry.shared().loads();
            samples.add(sample(loop.run(scores, rate, plan.window(), 0)));
            Beside<Integer> swaps =
                    Beside.start(
                            "swaps", () -> swapAll(new Publisher(kafka.client()), plan.swaps()));
            boolean ended;
            do {
                ended = swaps.isDone(); // before the sample, so that the last one is of all
                samples.add(sample(loop.run(scores, rate, plan.window(), 0)));
            } while (!ended);
            swaps.await();
            job.cancel();
            return samples;
        }
    }

    private int swapAll(Publisher publisher, int swaps) throws IOException, InterruptedException {
        List<String> sha256 = new ArrayList<>();
        for (Path model : models) {
            sha256.add(ModelReader.read(model).checksum());
        }
        String before = "configured";
        for (int n = 1; n <= swaps; n++) {
            String version = "swap-" + n;
            int turn = n % models.size();
            publisher.publish(version, models.get(turn), sha256.get(turn));
            publisher.promote(version);
            publisher.retire(before);
            before = version;
            done.set(n);
        }
        return swaps;
    }

    private SwapTable.Sample sample(OpenLoop.Outcome outcome) {
        double mapped = MappedFiles.mebibytes();
        double collected = collect();
        Map<Measure, Double> held = ProcessSampler.sample();
        return new SwapTable.Sample(
                done.get(),
                ModelRegistry.shared().loads() - loadsBefore,
                held.get(Measure.HEAP) / MEBIBYTE,
                held.get(Measure.METASPACE) / MEBIBYTE,
                ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
                mapped,
                collected,
                outcome.latency().getValueAtPercentile(99) / NANOS_PER_MS,
                outcome.missing());
    }

    /** Collects until that unmaps nothing more; returns the MiB that stay mapped. */
    private static double collect() {
        double least = Double.MAX_VALUE;
        int steady = 0;
        for (int n = 0; n < MOST_COLLECTIONS && steady < STEADY; n++) {
            System.gc();
            LockSupport.parkNanos(COLLECTION_NANOS);
            double now = MappedFiles.mebibytes();
            steady = now < least ? 0 : steady + 1;
            least = Math.min(least, now);
        }
        return least;
    }
}
