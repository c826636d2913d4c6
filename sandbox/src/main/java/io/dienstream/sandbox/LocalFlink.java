package io.dienstream.sandbox;

import io.dienstream.cli.Scratch;
import io.dienstream.job.AdScoringJob;
import io.dienstream.job.JobEnvironment;
import io.dienstream.job.connector.KafkaLimits;
import io.dienstream.job.listen.Listeners;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.rollout.CommandRecord;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.prometheus.LoopbackPrometheusReporterFactory;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** Flink inside this JVM: JobManager, one TaskManager, REST and web UI on a free port. */
public final class LocalFlink implements AutoCloseable {
    private static final Duration TASKS_START = Duration.ofMinutes(1);
    private static final long POLL_MS = 20;

    private final MiniCluster cluster;
    private final Path temporary;
    private int taskManager;
    private final Map<JobID, CompletableFuture<JobResult>> results = new ConcurrentHashMap<>();

    private LocalFlink(MiniCluster cluster, Path temporary) {
        this.cluster = cluster;
        this.temporary = temporary;
    }

    /** Starts a cluster with {@code slots} slots. */
    public static LocalFlink start(int slots) throws Exception {
        return start(slots, new Configuration());
    }

    /** Likewise, with more of Flink's own configuration. */
    public static LocalFlink start(int slots, Configuration more) throws Exception {
        Configuration c = Listeners.onLoopback(more);
        Path temporary = Scratch.directory("flink");
        c.set(CoreOptions.TMP_DIRS, temporary.toString());
        if (!c.contains(TaskManagerOptions.MANAGED_MEMORY_SIZE)) {
            c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(256L * slots));
        }
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(c)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(slots)
                                .build());
        cluster.start();
        return new LocalFlink(cluster, temporary);
    }

    /**
     * Flink's Prometheus reporter, which answers on {@code port} of the loopback address; /metrics,
     * no authentication.
     */
    public static Configuration prometheus(int port) {
        Configuration c = new Configuration();
        c.setString(
                "metrics.reporter.prometheus.factory.class",
                LoopbackPrometheusReporterFactory.class.getName());
        c.setString("metrics.reporter.prometheus.port", Integer.toString(port));
        return c;
    }

    /** Address of the web UI. */
    public URI webUi() throws ExecutionException, InterruptedException {
        return cluster.getRestAddress().get();
    }

    /**
     * Submits the main job.
     *
     * @param savepoint to start from, or null
     */
    public JobID submit(JobOptions options, String savepoint) throws Exception {
        Configuration c = JobEnvironment.configuration(options);
        if (savepoint != null) {
            c.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        List<CommandRecord> commands = AdScoringJob.commands(options);
        return submit(
                c, env -> AdScoringJob.build(env, options, KafkaLimits.read(options), commands));
    }

    /** Submits whatever {@code build} adds to an environment. */
    public JobID submit(Configuration c, Consumer<StreamExecutionEnvironment> build)
            throws Exception {
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(c);
        build.accept(env);
        StreamGraph graph = env.getStreamGraph();
        graph.setJobId(new JobID()); // Flink 2.3 no longer draws one by itself
        return cluster.submitJob(graph).get().getJobID();
    }

    /** Whether the job has been restarted since it was submitted. */
    public boolean restarted(JobID job) throws ExecutionException, InterruptedException {
        return restartedAt(job) > 0;
    }

    /** When the job was last restarted, ms; 0 where it never was. */
    public long restartedAt(JobID job) throws ExecutionException, InterruptedException {
        return cluster.getExecutionGraph(job).get().getStatusTimestamp(JobStatus.RESTARTING);
    }

    /** Whether the job ended, in whatever way, within {@code wait}. */
    public boolean ended(JobID job, Duration wait) throws Exception {
        try {
            return result(job, wait) != null;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /**
     * Waits for a bounded job.
     *
     * @throws ExecutionException with the job's failure as its cause
     */
    public void awaitFinished(JobID job, Duration most) throws Exception {
        JobResult result = result(job, most);
        if (!result.isSuccess()) {
            throw new ExecutionException(
                    "the job failed",
                    result.getSerializedThrowable().map(t -> (Throwable) t).orElse(null));
        }
    }

    private JobResult result(JobID job, Duration wait) throws Exception {
        // asked for once: each further request would hang another callback on the same future
        return results.computeIfAbsent(job, cluster::requestJobResult)
                .get(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops the job; what it has read is in the savepoint whose path is returned. */
    public String stopWithSavepoint(JobID job, String directory) throws Exception {
        return stop(job, directory, false);
    }

    /** Stops the job at the end of time: every record that is held is applied before. */
    public String drain(JobID job, String directory) throws Exception {
        return stop(job, directory, true);
    }

    private String stop(JobID job, String directory, boolean endOfTime) throws Exception {
        awaitTasks(job);
        return cluster.stopWithSavepoint(job, directory, endOfTime, SavepointFormatType.CANONICAL)
                .get(2, TimeUnit.MINUTES);
    }

    /** Takes a checkpoint now; returns where it is. */
    public String checkpoint(JobID job) throws Exception {
        awaitTasks(job);
        return cluster.triggerCheckpoint(job).get(10, TimeUnit.MINUTES);
    }

    /**
     * Takes a checkpoint now; returns the bytes of all that it refers to, what earlier ones wrote
     * included.
     *
     * @throws TimeoutException where Flink's statistics do not come to know of it
     */
    public long checkpointBytes(JobID job) throws Exception {
        String path = checkpoint(job);
        long deadline = System.nanoTime() + TASKS_START.toNanos();
        while (System.nanoTime() < deadline) {
            // not the latest alone: a periodic one may have ended since
            for (AbstractCheckpointStats stats :
                    cluster.getExecutionGraph(job)
                            .get()
                            .getCheckpointStatsSnapshot()
                            .getHistory()
                            .getCheckpoints()) {
                if (stats instanceof CompletedCheckpointStats completed
                        && path.equals(completed.getExternalPath())) {
                    return completed.getStateSize();
                }
            }
            Thread.sleep(POLL_MS);
        }
        throw new TimeoutException("no statistics of checkpoint " + path);
    }

    /**
     * Waits until every task runs: Flink refuses checkpoints while one is still being opened, which
     * takes seconds where scoring is warmed up.
     */
    private void awaitTasks(JobID job) throws Exception {
        long deadline = System.nanoTime() + TASKS_START.toNanos();
        while (!allRunning(cluster.getExecutionGraph(job).get()) && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MS);
        }
    }

    private static boolean allRunning(AccessExecutionGraph graph) {
        for (AccessExecutionVertex vertex : graph.getAllExecutionVertices()) {
            ExecutionState state = vertex.getExecutionState();
            if (state != ExecutionState.RUNNING && state != ExecutionState.FINISHED) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes the TaskManager away, with the state of its tasks, and starts another {@code afterMs}
     * later.
     */
    public void killTaskManager(long afterMs) throws Exception {
        cluster.terminateTaskManager(taskManager).get(1, TimeUnit.MINUTES);
        taskManager++;
        Thread.sleep(afterMs); // a supervisor's pause, not a wait for something
        cluster.startTaskManager();
    }

    /** Cancels the job and waits for its end. */
    public void cancel(JobID job) throws Exception {
        cluster.cancelJob(job).get(1, TimeUnit.MINUTES);
        result(job, Duration.ofMinutes(1));
    }

    @Override
    public void close() {
        try {
            cluster.closeAsync().join();
        } finally {
            Scratch.remove(temporary);
        }
    }
}
