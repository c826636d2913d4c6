package io.dienstream.chaos;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.broker.BrokerFiles;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real thing on one machine, each part a process of its own: ZooKeeper, a Kafka broker, a
 * JobManager with high availability and two TaskManagers, one of them behind a link that can be cut
 * where the system lets us.
 */
final class ChaosCluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChaosCluster.class);
    static final int PARTITIONS = 4;
    private static final int TOPIC_TIMEOUT_MS = 60_000;
    private static final int LEAST_PARALLELISM = 2;
    private static final int MOST_PARALLELISM = 4;
    private static final Duration STOP = Duration.ofMinutes(2);
    private static final int STOP_ATTEMPTS = 3;
    private static final long STOP_PAUSE_MS = 2_000;
    private static final List<String> SERVICE_JVM =
            List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final List<String> BROKER_JVM = List.of("-Xmx512m", "-XX:+UseSerialGC");

    private static final List<String> TASK_MANAGER_MEMORY =
            List.of("-Xms448m", "-Xmx448m", "-XX:MaxDirectMemorySize=320m");

    private static final List<String> FAST_START =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:+IgnoreUnrecognizedVMOptions",
                    // fast from the first record, where vector code waits for its compiler; the
                    // checker runs the vector kernels, so that each is held against the other
                    "-Ddien.kernels=scalar",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED");

    /** As an image has them: env.java.opts.all of k8s/ and compose/. */
    private static final List<String> AS_DEPLOYED =
            List.of(
                    "--add-modules=jdk.incubator.vector",
                    "--add-opens=java.base/java.util=ALL-UNNAMED",
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "-XX:+ExitOnOutOfMemoryError");

    private final Path model;
    private final Network network;
    private final CheckpointDisk disk;
    private final ClusterSettings settings;
    private final String bootstrapServers;
    private final Child zooKeeper;
    private final Child broker;
    private final Child jobManager;
    private final List<Child> taskManagers = new ArrayList<>();
    private final Supervisor supervisor;
    private final JobClient job;
    private final Path savepoints;
    private final LearningCluster learning;
    private int incarnation;
    private int parallelism = LEAST_PARALLELISM;

    /** Starts everything but the traffic. */
    ChaosCluster(ChaosRun.Settings run) throws Exception {
        Path directory = run.directory();
        model = run.model();
        savepoints = directory.resolve("savepoints");
        ClassArchive classes = ClassArchive.create(run.classes(), !run.asDeployed());
        network = Network.create();
        disk = CheckpointDisk.create(directory.resolve("checkpoints"));
        String host = network.host();
        int zooKeeperPort = BrokerFiles.freePort();
        int brokerPort = BrokerFiles.freePort();
        bootstrapServers = host + ":" + brokerPort;
        settings =
                new ClusterSettings(
                        directory,
                        disk.directory(),
                        host,
                        BrokerFiles.freePort(),
                        BrokerFiles.freePort(),
                        host + ":" + zooKeeperPort,
                        run.conditions(),
                        run.flink(),
                        run.options());
        job = new JobClient(settings.restUrl());
        zooKeeper =
                new Child(
                        "zookeeper",
                        directory,
                        List.of(),
                        classes,
                        SERVICE_JVM,
                        settings.zooKeeper(zooKeeperPort));
        broker = broker(directory, classes, host, brokerPort);
        zooKeeper.start();
        broker.start();
        Properties client = client();
        client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TOPIC_TIMEOUT_MS);
        List<String> topics = Topics.names();
        Topics.create(client, topics, PARTITIONS, (short) 1, Map.of());

        jobManager =
                new Child(
                        "jobmanager",
                        directory,
                        List.of(),
                        classes,
                        jobManagerJvm(run.asDeployed()),
                        List.of());
        for (int n = 0; n < ClusterSettings.TASK_MANAGERS; n++) {
            List<String> prefix = n == 0 ? List.of() : network.prefix();
            taskManagers.add(
                    new Child(
                            "taskmanager-" + (n + 1),
                            directory,
                            prefix,
                            classes,
                            taskManagerJvm(run.asDeployed()),
                            List.of()));
        }
        startJobManager(null);
        startTaskManagers();
        learning = run.learning() ? learning(run, classes, host, zooKeeperPort) : null;
        supervisor = new Supervisor(children());
    }

    private LearningCluster learning(
            ChaosRun.Settings run, ClassArchive classes, String host, int zooKeeperPort)
            throws IOException {
        return new LearningCluster(
                run,
                classes,
                host,
                host + ":" + zooKeeperPort,
                bootstrapServers,
                jobManagerJvm(run.asDeployed()),
                taskManagerJvm(run.asDeployed()));
    }

    private List<Child> children() {
        List<Child> all = new ArrayList<>(List.of(zooKeeper, broker, jobManager));
        all.addAll(taskManagers);
        if (learning != null) {
            all.addAll(List.of(learning.jobManager(), learning.taskManager()));
        }
        return all;
    }

    private static List<String> jobManagerJvm(boolean asDeployed) {
        List<String> jvm = new ArrayList<>();
        if (asDeployed) {
            jvm.add("-Xmx512m");
            jvm.addAll(AS_DEPLOYED);
        } else {
            jvm.addAll(SERVICE_JVM);
            jvm.add("--add-opens=java.base/java.util=ALL-UNNAMED");
        }
        return jvm;
    }

    private static List<String> taskManagerJvm(boolean asDeployed) {
        List<String> jvm = new ArrayList<>(TASK_MANAGER_MEMORY);
        jvm.addAll(asDeployed ? AS_DEPLOYED : FAST_START);
        return jvm;
    }

    private static Child broker(Path directory, ClassArchive classes, String host, int port)
            throws Exception {
        Path logs = Files.createDirectories(directory.resolve("broker-data"));
        BrokerFiles.format(logs);
        Properties properties = BrokerFiles.properties(logs, host, port, BrokerFiles.freePort());
        // a broker that was killed is let in again this soon
        properties.put("broker.session.timeout.ms", "2000");
        properties.put("broker.heartbeat.interval.ms", "300");
        Path file = directory.resolve("server.properties");
        try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            properties.store(writer, null);
        }
        return new Child(
                "broker",
                directory,
                List.of(),
                classes,
                BROKER_JVM,
                List.of("kafka.Kafka", file.toString()));
    }

    /**
     * Starts a JobManager that high availability knows nothing of; TaskManagers of the same cluster
     * follow with {@link #startTaskManagers}.
     *
     * @param savepoint to start from, or null
     */
    void startJobManager(Path savepoint) throws IOException {
        incarnation++;
        jobManager.command(
                settings.jobManager(
                        clusterId(),
                        savepoint,
                        settings.job(bootstrapServers, model, parallelism)));
        jobManager.start();
    }

    void startTaskManagers() throws IOException {
        for (int n = 0; n < taskManagers.size(); n++) {
            Child taskManager = taskManagers.get(n);
            String host = n == 0 ? network.host() : network.insideHost();
            taskManager.command(
                    settings.taskManager(taskManager.name(), host, clusterId(), parallelism));
            taskManager.start();
        }
    }

    private String clusterId() {
        return "/dien-chaos-" + incarnation;
    }

    /** Every partition that the job reads. */
    static List<TopicPartition> inputs() {
        List<TopicPartition> inputs = new ArrayList<>();
        for (Option<String> topic :
                List.of(JobOptions.BEHAVIORS, JobOptions.REQUESTS, JobOptions.CONTROL)) {
            for (int p = 0; p < PARTITIONS; p++) {
                inputs.add(new TopicPartition(topic.defaultText(), p));
            }
        }
        return inputs;
    }

    /** Connection of clients in this process. */
    Properties client() {
        Properties client = new Properties();
        client.put("bootstrap.servers", bootstrapServers);
        return client;
    }

    /**
     * Stops the job with a savepoint; its processes end, or may be ended.
     *
     * @param endOfTime whether every timer fires and every record that is held leaves before
     * @return the savepoint's URI
     * @throws IOException where it does not stop however often it is asked
     */
    String stop(boolean endOfTime) throws IOException, InterruptedException {
        List<Child> processes = new ArrayList<>(taskManagers);
        processes.add(jobManager);
        return stop(job, processes, savepoints, endOfTime);
    }

    /** Likewise, of a job and its processes. */
    static String stop(JobClient job, List<Child> processes, Path savepoints, boolean endOfTime)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            processes.forEach(Child::release);
            try {
                return job.stop(savepoints.toUri().toString(), endOfTime, STOP);
            } catch (IOException e) {
                processes.forEach(Child::require);
                if (attempt == STOP_ATTEMPTS) {
                    throw e;
                }
                LOG.warn("the job is asked to stop again", e);
                Thread.sleep(STOP_PAUSE_MS);
            }
        }
    }

    /** The next start of the JobManager has the job at another parallelism. */
    void rescale(Random random) {
        int others = MOST_PARALLELISM - LEAST_PARALLELISM;
        int next = LEAST_PARALLELISM + random.nextInt(others);
        parallelism = next < parallelism ? next : next + 1;
    }

    /** Of the job as it was started last. */
    int parallelism() {
        return parallelism;
    }

    JobClient job() {
        return job;
    }

    /** Null where there is none. */
    LearningCluster learning() {
        return learning;
    }

    Network network() {
        return network;
    }

    CheckpointDisk disk() {
        return disk;
    }

    Child broker() {
        return broker;
    }

    Child jobManager() {
        return jobManager;
    }

    List<Child> taskManagers() {
        return taskManagers;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        supervisor.close();
        List<Child> children = children();
        Collections.reverse(children);
        for (Child child : children) {
            child.release();
            child.resume();
            child.kill();
        }
        disk.close();
        network.close();
    }
}
