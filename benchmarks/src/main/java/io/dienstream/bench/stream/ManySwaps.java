package io.dienstream.bench.stream;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** One model is swapped for another again and again, under load: what is left of those before. */
final class ManySwaps {
    private static final double NANOS_PER_MS = 1e6;
    private static final int IN_FLIGHT = 500;
    private static final double MEBIBYTE = 1 << 20;

    /** Of a run of requests between two looks at the memory. */
    private static final double SECONDS = 10;

    private static final double SHARE = 0.25;

    private final List<Path> models;
    private final JobSettings settings;
    private final AtomicInteger done = new AtomicInteger();

    /**
     * @param models two that take turns; the job starts with the first
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
            long filled = job.writeHistories(tracker);
            job.submit(null);
            job.await(() -> job.applied() >= filled);
            OpenLoop loop = new OpenLoop(job, tracker, adServer, c.candidates(), 1);
            double rate =
                    SHARE * loop.saturation(scores, plan.seconds() / 2, plan.warmUp(), IN_FLIGHT);
            List<SwapTable.Sample> samples = new ArrayList<>();
            samples.add(sample(loop.run(scores, rate, SECONDS, 0)));
            var swaps =
                    CompletableFuture.runAsync(
                            () -> swapAll(new Publisher(kafka.client()), plan.swaps()));
            boolean ended;
            do {
                ended = swaps.isDone(); // before the sample, so that the last one is of all
                samples.add(sample(loop.run(scores, rate, SECONDS, 0)));
            } while (!ended);
            swaps.get();
            job.cancel();
            return samples;
        }
    }

    private void swapAll(Publisher publisher, int swaps) {
        try {
            List<String> sha256 =
                    List.of(
                            ModelReader.read(models.get(0)).checksum(),
                            ModelReader.read(models.get(1)).checksum());
            String before = "configured";
            for (int n = 1; n <= swaps; n++) {
                String version = "swap-" + n;
                publisher.publish(version, models.get(n % 2), sha256.get(n % 2));
                publisher.promote(version);
                publisher.retire(before);
                before = version;
                done.set(n);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private SwapTable.Sample sample(OpenLoop.Outcome outcome) {
        double mapped = mapped();
        System.gc();
        return new SwapTable.Sample(
                done.get(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEBIBYTE,
                metaspace(),
                ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
                mapped,
                mapped(),
                outcome.latency().getValueAtPercentile(99) / NANOS_PER_MS,
                outcome.missing());
    }

    private static double metaspace() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .mapToDouble(pool -> pool.getUsage().getUsed() / MEBIBYTE)
                .sum();
    }

    /** MiB of files that are mapped into this process: weights, and the broker's indexes. */
    private static double mapped() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("mapped"))
                .mapToDouble(pool -> pool.getMemoryUsed() / MEBIBYTE)
                .sum();
    }
}
