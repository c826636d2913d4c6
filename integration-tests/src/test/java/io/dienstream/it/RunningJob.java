package io.dienstream.it;

import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.sandbox.AnswerLog;
import io.dienstream.sandbox.DemoCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.JobID;

/** A submitted job and what it has answered so far. */
final class RunningJob implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(8);
    private static final Duration POLL = Duration.ofMillis(50);

    final AnswerLog answers;
    private final DemoCluster cluster;
    private final TopicTail tail;
    private JobID job;

    RunningJob(DemoCluster cluster) {
        this.cluster = cluster;
        this.answers = new AnswerLog(JobOptions.SCORES.defaultText());
        this.tail = cluster.answersTail();
    }

    /**
     * Without a warm-up, unless {@code options} ask for one: nothing is timed here, and each job
     * would wait for ten seconds.
     *
     * @param savepoint to start from, or null
     */
    void submit(Path model, Map<String, String> options, String savepoint) throws Exception {
        Map<String, String> all = new HashMap<>();
        all.put(JobOptions.WARM_UP.key(), "0s");
        all.putAll(options);
        job = cluster.flink().submit(cluster.options(model, all), savepoint);
    }

    /** Reads answers until {@code condition} holds; fails when the job does, or after minutes. */
    void await(String what, BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            tail.poll(POLL, answers::accept);
            if (cluster.flink().ended(job, Duration.ofMillis(1))) {
                cluster.flink().awaitFinished(job, Duration.ofSeconds(1));
                tail.drain(answers::accept);
                if (!condition.getAsBoolean()) {
                    throw new AssertionError("the job finished, but not: " + what);
                }
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "waited %s for: %s; answers %d, dead letters %s"
                                .formatted(PATIENCE, what, answers.size(), answers.deadLetters()));
            }
        }
    }

    /** Waits for a bounded job to end and reads all its answers. */
    void awaitFinished() throws Exception {
        cluster.flink().awaitFinished(job, PATIENCE);
        tail.drain(answers::accept);
    }

    /** Reads the answers that are there. */
    void read() {
        tail.drain(answers::accept);
    }

    String stopWithSavepoint() throws Exception {
        String path =
                cluster.flink().stopWithSavepoint(job, cluster.checkpoints().toUri().toString());
        tail.drain(answers::accept);
        return path;
    }

    /** Stops at the end of time: everything that was read is applied and answered. */
    String drain() throws Exception {
        String path = cluster.flink().drain(job, cluster.checkpoints().toUri().toString());
        tail.drain(answers::accept);
        return path;
    }

    /** Whether Flink had to start it again. */
    boolean restarted() throws Exception {
        return cluster.flink().restarted(job);
    }

    void cancel() throws Exception {
        cluster.flink().cancel(job);
    }

    @Override
    public void close() {
        tail.close();
    }
}
