package io.dienstream.job.connector;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.record.OutputLimits;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How large a record the job's producers and the topics that they write to take. */
public final class KafkaLimits {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaLimits.class);

    /** What a producer buffers by default; a record has to fit into that as well. */
    private static final int BUFFER = 32 << 20;

    private final JobOptions options;
    private final Map<ConfigResource, Config> topics;

    private KafkaLimits(JobOptions options, Map<ConfigResource, Config> topics) {
        this.options = options;
        this.topics = topics;
    }

    /**
     * As they are now. Where the topics' configuration may not be read, or no broker answers, as
     * Kafka comes.
     *
     * @throws OptionException where a limit of the producer is no number
     */
    public static OutputLimits read(JobOptions options) {
        KafkaLimits limits = new KafkaLimits(options, topics(options));
        return new OutputLimits(
                limits.of(JobOptions.SCORES),
                limits.of(JobOptions.SERVED),
                limits.of(JobOptions.DEAD_LETTERS));
    }

    private static Map<ConfigResource, Config> topics(JobOptions options) {
        List<ConfigResource> asked =
                List.of(
                        resource(options.get(JobOptions.SCORES)),
                        resource(options.get(JobOptions.SERVED)),
                        resource(options.get(JobOptions.DEAD_LETTERS)));
        if (!options.get(JobOptions.SERVED_ENABLED)) {
            asked = List.of(asked.get(0), asked.get(2));
        }
        long timeoutMs = options.get(JobOptions.KAFKA_TIMEOUT).toMillis();
        try (Admin admin = Admin.create(options.kafkaProperties())) {
            return TopicConfigs.of(admin, asked, timeoutMs);
        } catch (KafkaException e) {
            LOG.warn(
                    "the topics do not tell their {}; {} is taken",
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    OutputLimits.DEFAULT_REQUEST_BYTES,
                    e);
            return Map.of();
        }
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private int of(Option<String> topic) {
        Properties producer = new KafkaEndpoints(options).producer(topic);
        int request =
                number(
                        producer,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        OutputLimits.DEFAULT_REQUEST_BYTES);
        request = Math.min(request, number(producer, ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER));
        int batch = OutputLimits.DEFAULT_REQUEST_BYTES;
        Config config = topics.get(resource(options.get(topic)));
        ConfigEntry entry =
                config == null ? null : config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (entry != null && entry.value() != null) {
            batch = Integer.parseInt(entry.value());
        }
        int limit = OutputLimits.ofRequest(Math.min(request, batch));
        LOG.info("records of topic {} have at most {} bytes", options.get(topic), limit);
        return limit;
    }

    private static int number(Properties producer, String key, int otherwise) {
        String text = producer.getProperty(key);
        try {
            return text == null
                    ? otherwise
                    : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(text.strip()));
        } catch (NumberFormatException e) {
            throw new OptionException(
                    "kafka.properties." + key + " = '" + text + "' is no number", e);
        }
    }
}
