package io.dienstream.bench.join;

import io.dienstream.bench.ProcessCpu;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.learning.record.LearningRecordSerializer;
import io.dienstream.job.metric.LearningMetrics;
import io.dienstream.job.option.LearningOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * {@code dien bench join}: W of event time is filled with open impressions and stands still for a
 * checkpoint; then time goes on, so that as many labels become final as impressions come, while the
 * clock runs; then it stands still again, and everything is counted.
 */
public final class JoinBenchmark {
    private static final double NANOS = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MS_PER_SECOND = 1e3;

    /** Of so many requests the size of a snapshot is the mean. */
    private static final int SIZED = 1_000;

    private final Map<String, String> options;

    /**
     * @param options of the job, on top of this benchmark's
     */
    public JoinBenchmark(Map<String, String> options) {
        this.options = options;
    }

    /** Runs one plan after the other; {@code step} is called after each. */
    public JoinTable run(List<JoinPlan> plans, Runnable step) throws Exception {
        List<JoinTable.Row> rows = new ArrayList<>();
        for (JoinPlan plan : plans) {
            rows.add(run(plan));
            step.run();
        }
        return new JoinTable(
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                rows);
    }

    private JoinTable.Row run(JoinPlan plan) throws Exception {
        try (JoinJob job = new JoinJob(plan, options)) {
            long waitMs = job.options.get(LearningOptions.WAIT).toMillis();
            double fill = fill(job, waitMs);
            long requests = job.pace.emitted(LearningRecord.Kind.SERVED);
            long open = JoinJob.count(LearningMetrics.WAITING);
            long bytes = job.checkpointBytes();

            job.pace.runUntil(Long.MAX_VALUE);
            job.await(() -> JoinJob.count(LearningMetrics.FINAL) > 0);
            Measured measured = measure(job, plan);
            JoinBalance balance = stop(job, plan, waitMs);
            return new JoinTable.Row(
                    plan,
                    waitMs,
                    snapshotBytes(plan, waitMs),
                    fill,
                    measured.perSecond(),
                    measured.cpuMicros(),
                    measured.speed(),
                    requests,
                    open,
                    bytes,
                    job.checkpointBytes(),
                    balance);
        }
    }

    /**
     * Impressions a second while W fills up: from the first one until one millisecond more would
     * make a label final.
     */
    private static double fill(JoinJob job, long waitMs) throws Exception {
        job.pace.runUntil(JoinRecords.START + waitMs);
        job.await(() -> JoinJob.count(LearningMetrics.IMPRESSIONS) > 0);
        long start = System.nanoTime();
        long from = JoinJob.count(LearningMetrics.IMPRESSIONS);
        job.awaitQuiet();
        return (JoinJob.count(LearningMetrics.IMPRESSIONS) - from)
                / ((System.nanoTime() - start) / NANOS);
    }

    /**
     * What the job did while the clock ran.
     *
     * @param speed seconds of event time a second
     */
    private record Measured(double perSecond, double cpuMicros, double speed) {}

    private static Measured measure(JoinJob job, JoinPlan plan) throws Exception {
        awaitSeconds(job, plan.warmUp());
        long start = System.nanoTime();
        long cpu = ProcessCpu.nanos();
        long reached = job.pace.reached();
        long from = JoinJob.count(LearningMetrics.IMPRESSIONS);
        awaitSeconds(job, plan.seconds());
        double seconds = (System.nanoTime() - start) / NANOS;
        long impressions = JoinJob.count(LearningMetrics.IMPRESSIONS) - from;
        return new Measured(
                impressions / seconds,
                (ProcessCpu.nanos() - cpu) / NANOS_PER_MICRO / impressions,
                (job.pace.reached() - reached) / MS_PER_SECOND / seconds);
    }

    private static void awaitSeconds(JoinJob job, double seconds) throws Exception {
        long start = System.nanoTime();
        job.await(() -> System.nanoTime() - start >= seconds * NANOS);
    }

    /** Everything stands still, and what time has made final is out. */
    private static JoinBalance stop(JoinJob job, JoinPlan plan, long waitMs) throws Exception {
        job.pace.pause();
        job.awaitQuiet();
        long lateness = job.options.get(LearningOptions.ALLOWED_LATENESS).toMillis();
        long watermark = job.pace.leastNewest() - lateness - 1;
        long due = new JoinRecords(plan, waitMs).impressionsUntil(watermark - waitMs);
        job.await(() -> JoinJob.count(LearningMetrics.FINAL) >= due);
        return JoinBalance.of(job, due);
    }

    /** Bytes of a request as it is kept, on average. */
    private static double snapshotBytes(JoinPlan plan, long waitMs) throws IOException {
        JoinRecords records = new JoinRecords(plan, waitMs);
        LearningRecordSerializer serializer = new LearningRecordSerializer();
        DataOutputSerializer out = new DataOutputSerializer(1 << 13);
        for (int n = 0; n < SIZED; n++) {
            serializer.serialize(records.record(LearningRecord.Kind.SERVED, n, 0), out);
        }
        return (double) out.length() / SIZED;
    }
}
