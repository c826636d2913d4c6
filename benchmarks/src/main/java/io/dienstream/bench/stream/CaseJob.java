package io.dienstream.bench.stream;

import io.dienstream.bench.peer.Contender;
import io.dienstream.bench.peer.OwnJob;
import io.dienstream.cli.Scratch;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.job.JobEnvironment;
import io.dienstream.job.connector.KafkaLimits;
import io.dienstream.job.metric.JobMetrics;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.sandbox.LocalFlink;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;

/** The topics, the cluster and the job of one case; all gone when it is closed. */
final class CaseJob implements AutoCloseable {
    private static final long POLL_MS = 20;
    private static final long FILL_SPAN_MS = 600_000;
    private static final long SEED = 1;

    /** What a behavior of two short ids takes beside its interest state, bytes. */
    private static final int BEHAVIOR_OVERHEAD = 31;

    final RecordSource records;
    final BenchKafka.CaseTopics topics;
    final LocalFlink flink;

    private final StreamCase of;
    private final JobSettings settings;
    private final Contender contender;
    private final ModelConfig model;
    private final Path checkpoints;
    private final JobOptions options;
    private JobID job;

    /**
     * @param id part of the topics' names
     */
    CaseJob(StreamCase of, BenchKafka kafka, JobSettings settings, String id) throws Exception {
        this(of, kafka, settings, id, new OwnJob());
    }

    /**
     * @param contender whose job it is; not closed with this
     */
    CaseJob(StreamCase of, BenchKafka kafka, JobSettings settings, String id, Contender contender)
            throws Exception {
        this.of = of;
        this.settings = settings;
        this.contender = contender;
        this.model = ModelReader.read(settings.model()).config();
        records = new RecordSource(settings.model(), of.users(), of.hotShare(), SEED);
        checkpoints = Scratch.directory("checkpoints");
        topics = kafka.topics(id, 2 * of.parallelism(), settings.rollout());
        Map<String, String> values = topics.options();
        values.put(JobOptions.MODEL.key(), settings.model().toAbsolutePath().toString());
        values.put(JobOptions.PARALLELISM.key(), Integer.toString(of.parallelism()));
        values.put(JobOptions.BACKEND.key(), of.backendName());
        values.put(JobOptions.CHECKPOINT_DIRECTORY.key(), checkpoints.toUri().toString());
        values.putAll(settings.options());
        options = JobOptions.of(values);
        flink = LocalFlink.start(of.parallelism(), JobCounts.configuration());
    }

    /**
     * Writes every user's history; returns how many behaviors that are. Users are drawn, so that
     * what they do every so many behaviors does not fall into one moment; in turns where the load
     * is requests, so that these see T.
     */
    long writeHistories(LogPlayer player) {
        long total = (long) of.users() * of.history();
        long start = System.currentTimeMillis() - FILL_SPAN_MS;
        boolean inTurn = of.load() == StreamCase.Load.REQUESTS;
        Random order = new Random(SEED);
        for (long n = 0; n < total; n++) {
            int user = inTurn ? (int) (n % of.users()) : order.nextInt(of.users());
            player.send(records.behavior(user, start + n * FILL_SPAN_MS / total));
        }
        player.flush();
        return total;
    }

    /** Starts the job without checkpoints of its own: the one that is asked for stays the last. */
    void submitWithoutCheckpoints() throws Exception {
        Configuration c = JobEnvironment.configuration(options);
        c.removeConfig(CheckpointingOptions.CHECKPOINTING_INTERVAL);
        submit(c, null);
    }

    /**
     * Starts the job.
     *
     * @param checkpoint to start from, or null
     */
    void submit(String checkpoint) throws Exception {
        submit(JobEnvironment.configuration(options), checkpoint);
    }

    private void submit(Configuration c, String checkpoint) throws Exception {
        c.addAll(Configuration.fromMap(settings.flink()));
        if (checkpoint != null) {
            c.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint);
        }
        int bytes = model.hidden() * Float.BYTES + BEHAVIOR_OVERHEAD;
        job =
                flink.submit(
                        c,
                        env -> {
                            if (of.ceiling()) {
                                CeilingJob.build(env, options, bytes, model.maxLength());
                            } else {
                                contender.build(env, options, KafkaLimits.read(options));
                            }
                        });
    }

    /** Starts the job, and returns when it has every user's history. */
    void startWithHistories(LogPlayer player) throws Exception {
        long filled = writeHistories(player);
        submit(null);
        await(() -> applied() >= filled);
    }

    /** Records that the running job has applied or answered. */
    long applied() {
        return JobCounts.of(JobMetrics.APPENDED.name())
                + JobCounts.of(JobMetrics.INSERTED.name())
                + JobCounts.of(JobMetrics.ANSWERED.name());
    }

    /** See {@link JobProgress#await}. */
    void await(BooleanSupplier condition) throws Exception {
        new JobProgress(flink, this::applied, "records applied", POLL_MS).await(job, condition);
    }

    /** Takes a checkpoint now; returns where it is. */
    String checkpoint() throws Exception {
        return flink.checkpoint(job);
    }

    /** Takes the TaskManager from under the job, as where its process dies, and starts another. */
    void killTaskManager() throws Exception {
        flink.killTaskManager(Contender.SUPERVISOR_MS);
    }

    /** Stops the job; the cluster goes on. */
    void cancel() throws Exception {
        flink.cancel(job);
    }

    @Override
    public void close() throws Exception {
        try {
            flink.close();
        } finally {
            topics.close();
            Scratch.remove(checkpoints);
        }
    }
}
