package io.dienstream.chaos;

import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.Option;
import io.dienstream.sandbox.broker.BrokerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The learning job beside the scoring job: a JobManager and a TaskManager of its own. */
final class LearningCluster {
    private static final String JOB = "io.dienstream.job.learning.LearningJob";
    private static final String CLUSTER_ID = "/dien-chaos-learning";
    private static final int PARALLELISM = 2;

    private final Child jobManager;
    private final Child taskManager;
    private final JobClient job;
    private final Path savepoints;

    /**
     * Starts it.
     *
     * @param zooKeeper host:port
     */
    LearningCluster(
            ChaosRun.Settings run,
            ClassArchive classes,
            String host,
            String zooKeeper,
            String bootstrapServers,
            List<String> jobManagerJvm,
            List<String> taskManagerJvm)
            throws IOException {
        Path directory = Files.createDirectories(run.directory().resolve("learning"));
        savepoints = directory.resolve("savepoints");
        ClusterSettings settings =
                new ClusterSettings(
                        directory,
                        Files.createDirectories(directory.resolve("checkpoints")),
                        host,
                        BrokerFiles.freePort(),
                        BrokerFiles.freePort(),
                        zooKeeper,
                        run.conditions(),
                        run.flink(),
                        Map.of());
        job = new JobClient(settings.restUrl());
        jobManager =
                new Child(
                        "learning-jobmanager",
                        run.directory(),
                        List.of(),
                        classes,
                        jobManagerJvm,
                        settings.jobManager(
                                JOB,
                                CLUSTER_ID,
                                null,
                                settings.learningJob(bootstrapServers, PARALLELISM)));
        taskManager =
                new Child(
                        "learning-taskmanager",
                        run.directory(),
                        List.of(),
                        classes,
                        taskManagerJvm,
                        settings.taskManagerOf(PARALLELISM, "taskmanager", host, CLUSTER_ID));
        jobManager.start();
        taskManager.start();
    }

    /** Every partition that the job reads. */
    static List<TopicPartition> inputs() {
        List<TopicPartition> inputs = new ArrayList<>();
        for (Option<String> topic :
                List.of(
                        LearningOptions.SERVED,
                        LearningOptions.IMPRESSIONS,
                        LearningOptions.CLICKS)) {
            for (int p = 0; p < ChaosCluster.PARTITIONS; p++) {
                inputs.add(new TopicPartition(topic.defaultText(), p));
            }
        }
        return inputs;
    }

    Child jobManager() {
        return jobManager;
    }

    Child taskManager() {
        return taskManager;
    }

    JobClient job() {
        return job;
    }

    /** Stops it at the end of time, so that every label becomes final. */
    void stop() throws IOException, InterruptedException {
        ChaosCluster.stop(job, List.of(taskManager, jobManager), savepoints, true);
    }
}
