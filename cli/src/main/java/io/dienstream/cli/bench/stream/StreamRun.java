package io.dienstream.cli.bench.stream;

import com.sun.management.OperatingSystemMXBean;
import io.dienstream.cli.demo.LocalFlink;
import io.dienstream.cli.kafka.LogPlayer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.AdScoringJob;
import io.dienstream.job.JobEnvironment;
import io.dienstream.job.metric.ScoringMetrics;
import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.util.FileUtils;

/**
 * Runs cases one after another: fill histories, checkpoint, stop; write a backlog while nothing
 * runs; start from the checkpoint and time how the backlog shrinks, after a warm-up. So the load
 * generator takes nothing from the job that is measured.
 */
final class StreamRun {
    private static final Duration ENDED = Duration.ofMillis(1);
    private static final long POLL_MS = 20;
    private static final long FILL_SPAN_MS = 600_000;
    private static final double NANOS = 1e9;
    private static final double NANOS_PER_MS = 1e6;
    private static final double NANOS_PER_MICRO = 1e3;

    /** What a behavior of two short ids takes beside its interest state, bytes. */
    private static final int BEHAVIOR_OVERHEAD = 31;

    private final BenchKafka kafka;
    private final Path model;
    private final double seconds;
    private final double warmUp;
    private final Map<String, String> options;

    /**
     * @param seconds that a backlog should last, the warm-up not counted
     * @param warmUp seconds after the first record before the clock runs
     * @param options of the job, on top of the case's
     */
    StreamRun(
            BenchKafka kafka,
            Path model,
            double seconds,
            double warmUp,
            Map<String, String> options) {
        this.kafka = kafka;
        this.model = model;
        this.seconds = seconds;
        this.warmUp = warmUp;
        this.options = options;
    }

    /** Runs one case on a cluster of its own. */
    StreamFigure run(StreamCase c, String id) throws Exception {
        Path checkpoints = Files.createTempDirectory("dien-bench-checkpoints-");
        try (BenchKafka.CaseTopics topics = kafka.topics(id, 2 * c.parallelism());
                LocalFlink flink = LocalFlink.start(c.parallelism(), JobCounts.configuration())) {
            Started job = new Started(c, topics, flink, checkpoints);
            return job.measure();
        } finally {
            FileUtils.deleteDirectoryQuietly(checkpoints.toFile());
        }
    }

    private final class Started {
        private final StreamCase of;
        private final BenchKafka.CaseTopics topics;
        private final LocalFlink flink;
        private final JobOptions jobOptions;
        private final RecordSource records;
        private JobID job;

        Started(StreamCase of, BenchKafka.CaseTopics topics, LocalFlink flink, Path checkpoints)
                throws IOException {
            this.of = of;
            this.topics = topics;
            this.flink = flink;
            Map<String, String> values = topics.options();
            values.put(JobOptions.MODEL.key(), model.toAbsolutePath().toString());
            values.put(JobOptions.PARALLELISM.key(), Integer.toString(of.parallelism()));
            values.put(JobOptions.BACKEND.key(), of.backendName());
            values.put(JobOptions.CHECKPOINT_DIRECTORY.key(), checkpoints.toUri().toString());
            values.putAll(options);
            jobOptions = JobOptions.of(values);
            records = new RecordSource(model, of.users(), of.hotShare(), 1);
        }

        StreamFigure measure() throws Exception {
            long filled = (long) of.users() * of.history();
            long start = System.currentTimeMillis() - FILL_SPAN_MS;
            try (LogPlayer player = topics.player()) {
                for (long n = 0; n < filled; n++) {
                    int user = (int) (n % of.users());
                    player.send(records.behavior(user, start + n * FILL_SPAN_MS / filled));
                }
                player.flush();
            }
            submit(null);
            double fillSeconds = drain(ScoringMetrics.APPENDED, filled, 0).seconds();
            long before = System.nanoTime();
            String checkpoint = flink.checkpoint(job);
            double checkpointMillis = (System.nanoTime() - before) / NANOS_PER_MS;
            long bytes = size(Path.of(URI.create(checkpoint)).getParent());
            flink.cancel(job);

            int backlog = of.records(seconds + warmUp);
            try (LogPlayer player = topics.player()) {
                for (long n = 0; n < backlog; n++) {
                    long now = System.currentTimeMillis();
                    if (of.isRequest(n)) {
                        player.send(records.request(now, of.candidates()));
                    } else {
                        player.send(records.behavior(now));
                    }
                }
                player.flush();
            }
            before = System.nanoTime();
            submit(checkpoint);
            await(() -> applied() > 0);
            double restoreMillis = (System.nanoTime() - before) / NANOS_PER_MS;
            Drained drained = drain(null, backlog, warmUp);
            flink.cancel(job);
            return new StreamFigure(
                    of,
                    drained.records() / drained.seconds(),
                    drained.seconds(),
                    filled / fillSeconds,
                    checkpointMillis,
                    bytes,
                    restoreMillis,
                    drained.cpuMicros() / drained.records());
        }

        private void submit(String checkpoint) throws Exception {
            Configuration c = JobEnvironment.configuration(jobOptions);
            if (checkpoint != null) {
                c.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint);
            }
            int hidden = ModelReader.read(model).config().hidden();
            int maxLength = ModelReader.read(model).config().maxLength();
            job =
                    flink.submit(
                            c,
                            env -> {
                                if (of.ceiling()) {
                                    CeilingJob.build(
                                            env,
                                            jobOptions,
                                            hidden * Float.BYTES + BEHAVIOR_OVERHEAD,
                                            maxLength);
                                } else {
                                    AdScoringJob.build(env, jobOptions);
                                }
                            });
        }

        private long applied() {
            return JobCounts.of(ScoringMetrics.APPENDED)
                    + JobCounts.of(ScoringMetrics.INSERTED)
                    + JobCounts.of(ScoringMetrics.ANSWERED);
        }

        private void await(BooleanSupplier condition) throws Exception {
            while (!condition.getAsBoolean()) {
                Thread.sleep(POLL_MS);
                if (flink.ended(job, ENDED)) {
                    flink.awaitFinished(job, Duration.ofSeconds(1));
                    throw new IllegalStateException("the job ended before its backlog did");
                }
            }
        }

        /** Waits until {@code total} records are done; times those after the warm-up. */
        private Drained drain(String metric, long total, double warmUpSeconds) throws Exception {
            LongSupplier count = metric == null ? this::applied : () -> JobCounts.of(metric);
            await(() -> count.getAsLong() > 0);
            long first = System.nanoTime();
            await(
                    () ->
                            count.getAsLong() >= total
                                    || System.nanoTime() - first >= warmUpSeconds * NANOS);
            long from = count.getAsLong();
            if (from >= total) {
                throw new IllegalStateException(
                        "the backlog of %,d was done before the warm-up was: give more --seconds"
                                .formatted(total));
            }
            long start = System.nanoTime();
            long cpu = cpuNanos();
            await(() -> count.getAsLong() >= total);
            return new Drained(
                    total - from,
                    (System.nanoTime() - start) / NANOS,
                    (cpuNanos() - cpu) / NANOS_PER_MICRO);
        }
    }

    private record Drained(long records, double seconds, double cpuMicros) {}

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static long size(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(
                            file -> {
                                try {
                                    return Files.size(file);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            })
                    .sum();
        }
    }
}
