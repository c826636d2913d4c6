package io.dienstream.bench.stream;

import io.dienstream.bench.ProcessCpu;
import io.dienstream.operate.kafka.LogPlayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Runs a case: fill histories, checkpoint, stop; write a backlog while nothing runs; start from the
 * checkpoint and time how the backlog shrinks, after a warm-up. So the load generator takes nothing
 * from the job that is measured.
 */
final class StreamRun {
    private static final double NANOS = 1e9;
    private static final int WARM_UP_PART = 3;
    private static final double NANOS_PER_MS = 1e6;
    private static final double NANOS_PER_MICRO = 1e3;

    private final BenchKafka kafka;
    private final JobSettings settings;
    private final double seconds;
    private final double warmUp;

    /**
     * @param seconds that a backlog should last, the warm-up not counted
     * @param warmUp seconds after the first record before the clock runs
     */
    StreamRun(BenchKafka kafka, JobSettings settings, double seconds, double warmUp) {
        this.kafka = kafka;
        this.settings = settings;
        this.seconds = seconds;
        this.warmUp = warmUp;
    }

    /** Runs one case on a cluster of its own. */
    StreamFigure run(StreamCase c, String id) throws Exception {
        try (CaseJob job = new CaseJob(c, kafka, settings, id);
                LogPlayer player = job.topics.player()) {
            long filled = job.writeHistories(player);
            job.submitWithoutCheckpoints();
            Drained fill = drain(job, filled, 0);
            long start = System.nanoTime();
            String checkpoint = job.checkpoint();
            double checkpointMillis = (System.nanoTime() - start) / NANOS_PER_MS;
            long bytes = size(Path.of(URI.create(checkpoint)).getParent());
            job.cancel();

            long backlog = writeBacklog(c, job, player);
            start = System.nanoTime();
            job.submit(checkpoint);
            job.await(() -> job.applied() > 0);
            double restoreMillis = (System.nanoTime() - start) / NANOS_PER_MS;
            Drained drained = drain(job, backlog, warmUp);
            job.cancel();
            return new StreamFigure(
                    c,
                    drained.records() / drained.seconds(),
                    drained.seconds(),
                    fill.records() / fill.seconds(),
                    checkpointMillis,
                    bytes,
                    restoreMillis,
                    drained.cpuMicros() / drained.records());
        }
    }

    private long writeBacklog(StreamCase c, CaseJob job, LogPlayer player) {
        int total = c.records(seconds + warmUp);
        for (long n = 0; n < total; n++) {
            long now = System.currentTimeMillis();
            if (c.isRequest(n)) {
                player.send(job.records.request(now, c.candidates()));
            } else {
                player.send(job.records.behavior(now));
            }
        }
        player.flush();
        return total;
    }

    /**
     * Waits until {@code total} records are done; times those after the warm-up, which ends at a
     * third of them at the latest.
     */
    static Drained drain(CaseJob job, long total, double warmUpSeconds) throws Exception {
        job.await(() -> job.applied() > 0);
        long first = System.nanoTime();
        job.await(
                () ->
                        job.applied() >= total / WARM_UP_PART
                                || System.nanoTime() - first >= warmUpSeconds * NANOS);
        long from = job.applied();
        if (from >= total) {
            throw new IllegalStateException(
                    "the backlog of %,d was done before it could be timed: give more --seconds"
                            .formatted(total));
        }
        long start = System.nanoTime();
        long cpu = ProcessCpu.nanos();
        job.await(() -> job.applied() >= total);
        return new Drained(
                total - from,
                (System.nanoTime() - start) / NANOS,
                (ProcessCpu.nanos() - cpu) / NANOS_PER_MICRO);
    }

    /**
     * What was read while the clock ran.
     *
     * @param cpuMicros of this JVM
     */
    record Drained(long records, double seconds, double cpuMicros) {}

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
