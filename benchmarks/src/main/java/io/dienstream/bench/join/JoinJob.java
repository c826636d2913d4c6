package io.dienstream.bench.join;

import io.dienstream.bench.stream.JobCounts;
import io.dienstream.bench.stream.JobProgress;
import io.dienstream.cli.Scratch;
import io.dienstream.job.JobEnvironment;
import io.dienstream.job.learning.LearningJob;
import io.dienstream.job.learning.LearningLimits;
import io.dienstream.job.learning.LearningTopology;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.metric.LearningMetrics;
import io.dienstream.job.metric.Metric;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.sandbox.LocalFlink;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** The learning job between a feed and sinks that keep nothing; gone when it is closed. */
final class JoinJob implements AutoCloseable {
    private static final long POLL_MS = 5;

    /** Needed by the options, asked by nobody. */
    private static final String NO_KAFKA = "none:1";

    final LearningOptions options;
    final JoinPace pace;
    private final JoinPlan plan;
    private final Path checkpoints;
    private final LocalFlink flink;
    private final JobID job;

    /**
     * Starts it; the feed waits for {@link JoinPace#runUntil}.
     *
     * @param more options of the job
     * @throws OptionException for one that is not allowed
     */
    JoinJob(JoinPlan plan, Map<String, String> more) throws Exception {
        this.plan = plan;
        Map<String, String> values = new HashMap<>();
        values.put(JobOptions.BOOTSTRAP_SERVERS.key(), NO_KAFKA);
        values.put(JobOptions.PARALLELISM.key(), Integer.toString(plan.parallelism()));
        values.putAll(more);
        if (LearningOptions.of(values).get(JobOptions.ROLLOUT_ENABLED)) {
            throw new OptionException(
                    "option rollout.enabled = 'true' needs a topic of commands, which is not here");
        }
        checkpoints = Scratch.directory("checkpoints");
        values.put(JobOptions.CHECKPOINT_DIRECTORY.key(), checkpoints.toUri().toString());
        options = LearningOptions.of(values);
        pace = JoinPace.begin(plan.parallelism());
        flink = LocalFlink.start(plan.parallelism(), JobCounts.configuration());
        Configuration c = JobEnvironment.configuration(options, LearningJob.NAME);
        // the feed would begin anew, and what was counted before would not be there
        c.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        job = submitted(c);
    }

    /** A cluster that has no job is of use to nobody. */
    private JobID submitted(Configuration c) throws Exception {
        try {
            return flink.submit(c, this::build);
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    private void build(StreamExecutionEnvironment env) {
        DiscardingSink<OutboundRecord> nowhere = new DiscardingSink<>();
        new LearningTopology(options, LearningLimits.DEFAULT)
                .build(
                        env,
                        new LearningTopology.Sources(
                                input(LearningRecord.Kind.SERVED),
                                input(LearningRecord.Kind.IMPRESSION),
                                input(LearningRecord.Kind.CLICK),
                                null),
                        new LearningTopology.Sinks(
                                nowhere, nowhere, nowhere, nowhere, nowhere, nowhere));
    }

    private LearningTopology.Input input(LearningRecord.Kind kind) {
        return new LearningTopology.Input(
                new JoinFeed(kind, plan, options.get(LearningOptions.WAIT).toMillis()),
                plan.parallelism());
    }

    /** What a counter or a gauge of the job says, summed over its subtasks. */
    static long count(Metric metric) {
        return JobCounts.of(metric.name());
    }

    /** Impressions and labels, which grow as long as anything is done. */
    private static long done() {
        return count(LearningMetrics.IMPRESSIONS) + count(LearningMetrics.FINAL);
    }

    /** See {@link JobProgress#await}. */
    void await(BooleanSupplier condition) throws Exception {
        new JobProgress(flink, JoinJob::done, "impressions and labels", POLL_MS)
                .await(job, condition);
    }

    /** Returns when the lanes have stopped and the join has counted all that they gave. */
    void awaitQuiet() throws Exception {
        await(pace::isPaused);
        await(
                () ->
                        count(LearningMetrics.SERVED) == pace.emitted(LearningRecord.Kind.SERVED)
                                && count(LearningMetrics.IMPRESSIONS)
                                        == pace.emitted(LearningRecord.Kind.IMPRESSION)
                                && count(LearningMetrics.CLICKS)
                                        == pace.emitted(LearningRecord.Kind.CLICK));
    }

    /** Takes a checkpoint; returns the bytes of all that it refers to. */
    long checkpointBytes() throws Exception {
        return flink.checkpointBytes(job);
    }

    @Override
    public void close() throws Exception {
        try {
            flink.close();
        } finally {
            Scratch.remove(checkpoints);
        }
    }
}
