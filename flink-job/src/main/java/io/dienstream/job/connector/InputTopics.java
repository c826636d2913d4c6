package io.dienstream.job.connector;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.job.option.Settings;
import java.io.IOException;
import java.util.List;
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
    static void check(Settings options, List<Option<String>> foreign) throws IOException {
        TopicConfigs configs = TopicConfigs.read(options, foreign);
        for (Option<String> option : foreign) {
            String topic = options.get(option);
            if (configs.has(topic)) {
                checkSizes(topic, configs, options.get(JobOptions.UNBOUNDED_RECORDS));
                checkTimes(topic, configs);
            }
        }
    }

    private static void checkSizes(String topic, TopicConfigs configs, boolean allowed)
            throws IOException {
        boolean bounded =
                configs.value(topic, TopicConfig.MAX_DECOMPRESSED_MESSAGE_BYTES_CONFIG)
                        .filter(most -> Long.parseLong(most) <= MOST_RECORD_BYTES)
                        .isPresent();
        boolean uncompressed =
                configs.value(topic, TopicConfig.COMPRESSION_TYPE_CONFIG)
                        .filter("uncompressed"::equals)
                        .isPresent();
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

    private static void checkTimes(String topic, TopicConfigs configs) {
        configs.value(topic, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG)
                .filter(type -> !type.equals("LogAppendTime"))
                .ifPresent(
                        type ->
                                LOG.warn(
                                        "topic {} has {}={}: a record's own time is what its"
                                                + " producer says; LogAppendTime makes it the"
                                                + " brokers'",
                                        topic,
                                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                                        type));
    }
}
