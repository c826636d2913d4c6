package io.dienstream.chaos;

import io.dienstream.job.connector.TransactionTiming;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.OptionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Flink's configuration files and the job's arguments for the cluster under test. */
final class ClusterSettings {
    static final int TASK_MANAGERS = 2;

    /** Checkpoints, and so commits, are this far apart. */
    private static final String CHECKPOINT_INTERVAL = "1s";

    /** A checkpoint is complete within this time of its start, or never. */
    private static final String CHECKPOINT_TIMEOUT = "20s";

    /** In a row, while a disk is full: as many as transactions of 15 minutes outlast. */
    private static final String TOLERATED_FAILURES = "30";

    /** Records are out of order by less than a second. */
    static final long LATENESS_MS = 1_500;

    /**
     * Of the learning job's: after an outage one subtask of the scoring job may be so far behind
     * another, and what it then writes to the same partition must not be late.
     */
    private static final String LEARNING_LATENESS = "30s";

    private final Path directory;
    private final Path checkpoints;
    private final String host;
    private final int rpcPort;
    private final int restPort;
    private final String zooKeeper;
    private final Conditions conditions;
    private final Map<String, String> flink;
    private final Map<String, String> options;

    /**
     * @param flink goes before the configuration that stands here
     * @param options likewise before the job's
     */
    ClusterSettings(
            Path directory,
            Path checkpoints,
            String host,
            int rpcPort,
            int restPort,
            String zooKeeper,
            Conditions conditions,
            Map<String, String> flink,
            Map<String, String> options) {
        this.conditions = conditions;
        this.flink = flink;
        this.options = options;
        this.directory = directory;
        this.checkpoints = checkpoints;
        this.host = host;
        this.rpcPort = rpcPort;
        this.restPort = restPort;
        this.zooKeeper = zooKeeper;
    }

    /** Writes config.yaml for one process and returns its directory. */
    private Path write(String name, Map<String, String> more) throws IOException {
        Map<String, String> c = new TreeMap<>(more);
        c.put("jobmanager.rpc.address", host);
        c.put("jobmanager.rpc.port", Integer.toString(rpcPort));
        c.put("jobmanager.bind-host", host);
        c.put("web.submit.enable", "false");
        c.put("web.cancel.enable", "false");
        c.put("web.access-control-allow-origin", "none");
        c.put("dien.rest.allowed-hosts", host);
        c.put("rest.address", host);
        c.put("rest.bind-address", host);
        c.put("rest.port", Integer.toString(restPort));
        c.put("high-availability.type", "zookeeper");
        c.put("high-availability.zookeeper.quorum", zooKeeper);
        c.put("high-availability.storageDir", directory.resolve("ha").toUri().toString());
        c.put("high-availability.zookeeper.client.session-timeout", "4000");
        c.put("high-availability.zookeeper.client.connection-timeout", "4000");
        c.put("heartbeat.interval", "1000");
        c.put("heartbeat.timeout", "6000");
        c.put("pekko.ask.timeout", "10 s");
        c.put("slot.request.timeout", "60000");
        c.put("task.cancellation.timeout", "15000");
        c.put("restart-strategy.type", "exponential-delay");
        c.put("restart-strategy.exponential-delay.initial-backoff", "500 ms");
        c.put("restart-strategy.exponential-delay.max-backoff", "1 s");
        c.put("execution.checkpointing.num-retained", "3");
        c.put(
                "execution.checkpointing.externalized-checkpoint-retention",
                "RETAIN_ON_CANCELLATION");
        c.putAll(flink);
        Path configuration = Files.createDirectories(directory.resolve(name + "-conf"));
        List<String> lines = new ArrayList<>();
        c.forEach((key, value) -> lines.add(key + ": \"" + value + "\""));
        Files.write(configuration.resolve("config.yaml"), lines, StandardCharsets.UTF_8);
        return configuration;
    }

    /** Arguments of a ZooKeeper that listens on this cluster's address alone. */
    List<String> zooKeeper(int port) throws IOException {
        Path file = directory.resolve("zoo.cfg");
        Files.write(
                file,
                List.of(
                        "clientPort=" + port,
                        "clientPortAddress=" + host,
                        "dataDir=" + directory.resolve("zookeeper-data"),
                        // a dead leader is replaced after two of these at the earliest
                        "tickTime=1000",
                        "admin.enableServer=false"),
                StandardCharsets.UTF_8);
        return List.of(
                "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server"
                        + ".ZooKeeperServerMain",
                file.toString());
    }

    /**
     * @param clusterId a new one forgets what high availability knew
     * @param savepoint to start from, or null
     */
    List<String> jobManager(String clusterId, Path savepoint, List<String> jobArguments)
            throws IOException {
        return jobManager("io.dienstream.job.AdScoringJob", clusterId, savepoint, jobArguments);
    }

    /**
     * Likewise, of another job.
     *
     * @param jobClass its main class
     */
    List<String> jobManager(
            String jobClass, String clusterId, Path savepoint, List<String> jobArguments)
            throws IOException {
        Path configuration = write("jobmanager", Map.of("high-availability.cluster-id", clusterId));
        List<String> command = new ArrayList<>();
        command.add("org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint");
        command.addAll(List.of("--configDir", configuration.toString()));
        command.addAll(List.of("--job-classname", jobClass));
        if (savepoint != null) {
            command.addAll(List.of("--fromSavepoint", savepoint.toUri().toString()));
        }
        command.addAll(jobArguments);
        return command;
    }

    /**
     * @param parallelism of the job: with as many slots each TaskManager has its share of it
     */
    List<String> taskManager(String name, String ownHost, String clusterId, int parallelism)
            throws IOException {
        int subtasks = Math.max(parallelism, conditions.scoringParallelism());
        int slots = (subtasks + TASK_MANAGERS - 1) / TASK_MANAGERS;
        return taskManagerOf(slots, name, ownHost, clusterId);
    }

    /** A TaskManager of so many slots. */
    List<String> taskManagerOf(int slots, String name, String ownHost, String clusterId)
            throws IOException {
        Map<String, String> own = new TreeMap<>();
        own.put("taskmanager.numberOfTaskSlots", Integer.toString(slots));
        own.put("high-availability.cluster-id", clusterId);
        own.put("taskmanager.host", ownHost);
        own.put("taskmanager.bind-host", ownHost);
        own.put("taskmanager.cpu.cores", "1");
        own.put("taskmanager.memory.framework.heap.size", "128m");
        own.put("taskmanager.memory.framework.off-heap.size", "128m");
        own.put("taskmanager.memory.task.heap.size", "320m");
        own.put("taskmanager.memory.task.off-heap.size", "0");
        own.put("taskmanager.memory.network.min", "64m");
        own.put("taskmanager.memory.network.max", "64m");
        own.put("taskmanager.memory.managed.size", "192m");
        own.put("taskmanager.memory.jvm-metaspace.size", "128m");
        own.put("taskmanager.memory.jvm-overhead.min", "128m");
        own.put("taskmanager.memory.jvm-overhead.max", "128m");
        Path configuration = write(name, own);
        return List.of(
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                "--configDir",
                configuration.toString());
    }

    /** The job: RocksDB, and what the conditions say. */
    List<String> job(String bootstrapServers, Path model, int parallelism) {
        Map<String, String> all = job(conditions, options);
        all.put(JobOptions.MODEL.key(), model.toString());
        return arguments(all, bootstrapServers, parallelism);
    }

    /** The options of a job, and where it finds things. */
    private List<String> arguments(
            Map<String, String> job, String bootstrapServers, int parallelism) {
        job.put(JobOptions.CHECKPOINT_DIRECTORY.key(), checkpoints.toUri().toString());
        job.put(JobOptions.BOOTSTRAP_SERVERS.key(), bootstrapServers);
        job.put(JobOptions.PARALLELISM.key(), Integer.toString(parallelism));
        List<String> arguments = new ArrayList<>();
        job.forEach((key, value) -> arguments.add("--" + key + "=" + value));
        return arguments;
    }

    /** Of the scoring job and of the learning job. */
    private static Map<String, String> anyJob() {
        Map<String, String> job = new TreeMap<>();
        // the JobManager may start again while the broker is away
        job.put(JobOptions.KAFKA_TIMEOUT.key(), "10m");
        // topics are live and never far apart; comparing them is load for processes that run
        // without their optimizing compiler
        job.put(JobOptions.MAX_DRIFT.key(), "0s");
        job.put(JobOptions.CHECKPOINT_INTERVAL.key(), CHECKPOINT_INTERVAL);
        job.put(JobOptions.CHECKPOINT_TIMEOUT.key(), CHECKPOINT_TIMEOUT);
        job.put(JobOptions.TOLERATED_FAILURES.key(), TOLERATED_FAILURES);
        return job;
    }

    private static Map<String, String> job(Conditions conditions, Map<String, String> options) {
        Map<String, String> job = anyJob();
        // commits come every second, so a fetch may wait: many small ones would be the broker's
        // load
        job.put(JobOptions.KAFKA_PREFIX + "fetch.min.bytes", "65536");
        job.put(JobOptions.KAFKA_PREFIX + "fetch.max.wait.ms", "100");
        job.put(JobOptions.ALLOWED_LATENESS.key(), LATENESS_MS + "ms");
        // its partitions have a steady flow where they have a say, and no erasure is ever late
        job.put(JobOptions.CONTROL_IDLE_AFTER.key(), "0s");
        job.putAll(options);
        job.putAll(conditions.options());
        return job;
    }

    /** The learning job beside it, which waits seconds for labels. */
    List<String> learningJob(String bootstrapServers, int parallelism) {
        Map<String, String> job = anyJob();
        // of a transaction that was aborted nobody has seen an answer
        job.put(JobOptions.KAFKA_PREFIX + "isolation.level", "read_committed");
        job.put(LearningOptions.ALLOWED_LATENESS.key(), LEARNING_LATENESS);
        job.put(LearningOptions.WAIT.key(), LabelTruth.WAIT_MS + "ms");
        job.put(LearningOptions.CORRECTION_WAIT.key(), LabelTruth.CORRECTION_WAIT_MS + "ms");
        job.put(LearningOptions.QUALITY_WINDOW.key(), "0s");
        job.put(JobOptions.DELIVERY.key(), conditions.options().get(JobOptions.DELIVERY.key()));
        return arguments(job, bootstrapServers, parallelism);
    }

    /**
     * Of the job of a run, but for where it finds things.
     *
     * @throws OptionException naming an option that does not go with the others
     */
    static JobOptions jobOptions(Conditions conditions, Map<String, String> options) {
        Map<String, String> job = job(conditions, options);
        job.put(JobOptions.BOOTSTRAP_SERVERS.key(), "later:1");
        job.put(JobOptions.MODEL.key(), "later");
        JobOptions parsed = JobOptions.of(job);
        TransactionTiming.of(parsed);
        return parsed;
    }

    String restUrl() {
        return "http://" + host + ":" + restPort;
    }
}
