package io.dienstream.operate.kafka;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.Option;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the jobs' topics. */
public final class Topics {
    /** The scoring job's topics, by the option that names each. */
    public static final List<Option<String>> OPTIONS =
            List.of(
                    JobOptions.BEHAVIORS,
                    JobOptions.REQUESTS,
                    JobOptions.CONTROL,
                    JobOptions.SCORES,
                    JobOptions.SERVED,
                    JobOptions.DEAD_LETTERS,
                    JobOptions.MODELS,
                    JobOptions.MODEL_STATUS);

    /** Those of the learning job that the scoring job does not have. */
    private static final List<Option<String>> LEARNING =
            List.of(
                    LearningOptions.IMPRESSIONS,
                    LearningOptions.CLICKS,
                    LearningOptions.EXAMPLES,
                    LearningOptions.CORRECTIONS,
                    LearningOptions.QUALITY,
                    LearningOptions.DEAD_LETTERS);

    /** Topics that others write and a job reads. */
    private static final List<String> INPUTS =
            Stream.of(
                            JobOptions.BEHAVIORS,
                            JobOptions.REQUESTS,
                            JobOptions.CONTROL,
                            JobOptions.MODELS,
                            LearningOptions.IMPRESSIONS,
                            LearningOptions.CLICKS)
                    .map(Option::defaultText)
                    .toList();

    /** The brokers' clock, not the producers', says how far a record may move event time. */
    private static final Map<String, String> TIMES =
            Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");

    /**
     * What a broker takes of a record by default holds for compressed ones as well, however small
     * they are on their way: some hundred kilobytes of zeros would otherwise be a gigabyte on a
     * TaskManager's heap.
     */
    private static final Map<String, String> SIZES =
            Map.of(TopicConfig.MAX_DECOMPRESSED_MESSAGE_BYTES_CONFIG, Integer.toString(1 << 20));

    /** For brokers before 4.2.2, which do not know the other: they hold whole batches to it. */
    private static final Map<String, String> SIZES_BEFORE =
            Map.of(TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed");

    /** Commands on models: kept for ever, as they are the only account of who did what. */
    private static final Map<String, String> KEPT =
            Map.of(
                    TopicConfig.RETENTION_MS_CONFIG, "-1",
                    TopicConfig.RETENTION_BYTES_CONFIG, "-1",
                    TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);

    /** States of versions: the newest of each task and version. */
    private static final Map<String, String> NEWEST =
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);

    private static final long TIMEOUT_S = 30;

    private Topics() {}

    /** What the topics of both jobs are called where no option says otherwise. */
    public static List<String> names() {
        return Stream.concat(OPTIONS.stream(), LEARNING.stream()).map(Option::defaultText).toList();
    }

    /**
     * Creates those of {@code names} that do not exist; what the job reads is stamped with the
     * brokers' time, and bounded in size when it is compressed too.
     *
     * @param config of each new topic, goes before ours
     * @return the names that were created
     */
    public static List<String> create(
            Properties client,
            List<String> names,
            int partitions,
            short replication,
            Map<String, String> config)
            throws Exception {
        List<String> created = new ArrayList<>();
        try (Admin admin = Admin.create(client)) {
            for (String name : names) {
                boolean input = INPUTS.contains(name);
                NewTopic topic = new NewTopic(name, partitions(name, partitions), replication);
                try {
                    create(admin, topic, input, SIZES, config);
                    created.add(name);
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof InvalidConfigurationException && input) {
                        create(admin, topic, input, SIZES_BEFORE, config);
                        created.add(name);
                    } else if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
        }
        return created;
    }

    /** Commands on models need one order, states of versions hardly any room. */
    private static int partitions(String name, int asked) {
        return isModels(name) || isModelStatus(name) ? 1 : asked;
    }

    private static boolean isModels(String name) {
        return name.equals(JobOptions.MODELS.defaultText());
    }

    private static boolean isModelStatus(String name) {
        return name.equals(JobOptions.MODEL_STATUS.defaultText());
    }

    private static void create(
            Admin admin,
            NewTopic topic,
            boolean input,
            Map<String, String> sizes,
            Map<String, String> config)
            throws Exception {
        Map<String, String> own = new HashMap<>();
        if (input) {
            own.putAll(TIMES);
            own.putAll(sizes);
        }
        own.putAll(config);
        if (isModels(topic.name())) {
            own.putAll(KEPT); // whatever is kept of others
        } else if (isModelStatus(topic.name())) {
            own.putAll(NEWEST);
        }
        admin.createTopics(List.of(topic.configs(own))).all().get(TIMEOUT_S, TimeUnit.SECONDS);
    }
}
