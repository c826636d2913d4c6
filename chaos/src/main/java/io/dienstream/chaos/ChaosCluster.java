package io.dienstream.chaos;

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
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * The real thing on one machine, each part a process of its own: ZooKeeper, a Kafka broker, a
 * JobManager with high availability and two TaskManagers, one of them behind a link that can be cut
 * where the system lets us.
 */
final class ChaosCluster implements AutoCloseable {
    static final int PARTITIONS = 4;
    private static final int TOPIC_TIMEOUT_MS = 60_000;
    private static final List<String> SERVICE_JVM =
            List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final List<String> BROKER_JVM = List.of("-Xmx512m", "-XX:+UseSerialGC");

    private static final List<String> TASK_MANAGER_JVM =
            List.of(
                    "-Xms448m",
                    "-Xmx448m",
                    "-XX:MaxDirectMemorySize=320m",
                    "-XX:+UseSerialGC",
                    "-XX:+IgnoreUnrecognizedVMOptions",
                    // fast from the first record, where vector code waits for its compiler; the
                    // checker runs the vector kernels, so that each is held against the other
                    "-Ddien.kernels=scalar",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED");

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
    private int incarnation;

    /**
     * Starts everything but the job's traffic.
     *
     * @param directory of all logs and data
     * @param flink goes before the cluster's own configuration
     */
    ChaosCluster(Path directory, Path model, Map<String, String> flink) throws Exception {
        this.model = model;
        ClassArchive classes = ClassArchive.create(directory.resolve("classes"));
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
                        flink);
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
        List<String> topics = Topics.OPTIONS.stream().map(o -> o.defaultText()).toList();
        Topics.create(client, topics, PARTITIONS, (short) 1, Map.of());

        List<String> jobManagerJvm = new ArrayList<>(SERVICE_JVM);
        jobManagerJvm.add("--add-opens=java.base/java.util=ALL-UNNAMED");
        jobManager =
                new Child("jobmanager", directory, List.of(), classes, jobManagerJvm, List.of());
        for (int n = 0; n < ClusterSettings.TASK_MANAGERS; n++) {
            List<String> prefix = n == 0 ? List.of() : network.prefix();
            taskManagers.add(
                    new Child(
                            "taskmanager-" + (n + 1),
                            directory,
                            prefix,
                            classes,
                            TASK_MANAGER_JVM,
                            List.of()));
        }
        startJobManager(null);
        startTaskManagers();
        List<Child> all = new ArrayList<>(List.of(zooKeeper, broker, jobManager));
        all.addAll(taskManagers);
        supervisor = new Supervisor(all);
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
                settings.jobManager(clusterId(), savepoint, settings.job(bootstrapServers, model)));
        jobManager.start();
    }

    void startTaskManagers() throws IOException {
        for (int n = 0; n < taskManagers.size(); n++) {
            Child taskManager = taskManagers.get(n);
            String host = n == 0 ? network.host() : network.insideHost();
            taskManager.command(settings.taskManager(taskManager.name(), host, clusterId()));
            taskManager.start();
        }
    }

    private String clusterId() {
        return "/dien-chaos-" + incarnation;
    }

    /** Connection of clients in this process. */
    Properties client() {
        Properties client = new Properties();
        client.put("bootstrap.servers", bootstrapServers);
        return client;
    }

    /** Stops the job at the end of time; the savepoint's URI. */
    String drain(Path savepoints, Duration most) throws IOException, InterruptedException {
        jobManager.release();
        taskManagers.forEach(Child::release);
        try {
            return job.drain(savepoints.toUri().toString(), most);
        } catch (IOException e) {
            jobManager.require();
            taskManagers.forEach(Child::require);
            throw e;
        }
    }

    JobClient job() {
        return job;
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
        List<Child> children = new ArrayList<>(List.of(zooKeeper, broker, jobManager));
        children.addAll(taskManagers);
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
