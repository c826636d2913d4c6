package io.dienstream.job.connector;

import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the topics that others write must be configured to, looked at before the job starts. */
final class InputTopics {
    private static final Logger LOG = LoggerFactory.getLogger(InputTopics.class);

    /** What one record may come to on a TaskManager's heap, bytes. */
    private static final long MOST_RECORD_BYTES = 16L << 20;

    private InputTopics() {}

    /**
     * @throws IOException naming a topic in which a compressed record may be of any size; what may
     *     not be read is only logged
     */
    static void check(JobOptions options, long timeoutMs) throws IOException {
        List<ConfigResource> asked =
                List.of(
                        resource(options.get(JobOptions.BEHAVIORS)),
                        resource(options.get(JobOptions.REQUESTS)),
                        resource(options.get(JobOptions.CONTROL)));
        Map<ConfigResource, Config> topics;
        try (Admin admin = Admin.create(options.kafkaProperties())) {
            topics = TopicConfigs.of(admin, asked, timeoutMs);
        } catch (KafkaException e) {
            LOG.warn("the configuration of the input topics may not be read; it is not checked", e);
            return;
        }
        for (ConfigResource topic : asked) {
            Config config = topics.get(topic);
            if (config == null) {
                continue; // it may not be read, and that has been said
            }
            checkSizes(topic.name(), config, options.get(JobOptions.UNBOUNDED_RECORDS));
            checkTimes(topic.name(), config);
        }
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static void checkSizes(String topic, Config config, boolean allowed)
            throws IOException {
        String most = value(config, TopicConfig.MAX_DECOMPRESSED_MESSAGE_BYTES_CONFIG);
        boolean bounded = most != null && Long.parseLong(most) <= MOST_RECORD_BYTES;
        boolean uncompressed =
                "uncompressed".equals(value(config, TopicConfig.COMPRESSION_TYPE_CONFIG));
        if (bounded || uncompressed) {
            return;
        }
        String problem =
                ("topic %s takes compressed records that may be of any size when they are read, so a"
                                + " small one can end every TaskManager: set %s=%d there, or"
                                + " compression.type=uncompressed with brokers before 4.2.2")
                        .formatted(
                                topic, TopicConfig.MAX_DECOMPRESSED_MESSAGE_BYTES_CONFIG, 1 << 20);
        if (!allowed) {
            throw new IOException(
                    problem
                            + "; "
                            + JobOptions.UNBOUNDED_RECORDS.key()
                            + "=true starts all the same");
        }
        LOG.warn(problem);
    }

    private static void checkTimes(String topic, Config config) {
        String type = value(config, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
        if (type != null && !type.equals("LogAppendTime")) {
            LOG.warn(
                    "topic {} has {}={}: a record's own time is what its producer says;"
                            + " LogAppendTime makes it the brokers'",
                    topic,
                    TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                    type);
        }
    }

    private static String value(Config config, String key) {
        ConfigEntry entry = config == null ? null : config.get(key);
        return entry == null ? null : entry.value();
    }
}
