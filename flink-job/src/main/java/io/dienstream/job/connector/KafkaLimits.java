package io.dienstream.job.connector;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.option.Settings;
import io.dienstream.job.record.OutputLimits;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How large a record the job's producers and the topics that they write to take. */
public final class KafkaLimits {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaLimits.class);

    /** What a producer buffers by default; a record has to fit into that as well. */
    private static final int BUFFER = 32 << 20;

    private final Settings options;
    private final TopicConfigs topics;

    private KafkaLimits(Settings options, TopicConfigs topics) {
        this.options = options;
        this.topics = topics;
    }

    /**
     * As they are now. Where a topic's configuration may not be read, or no broker answers, as
     * Kafka comes.
     *
     * @throws OptionException where a limit of the producer is no number
     */
    public static OutputLimits read(JobOptions options) {
        KafkaLimits limits = of(options, JobTopics.of(options).written());
        return new OutputLimits(
                limits.bytes(JobOptions.SCORES),
                limits.bytes(JobOptions.SERVED),
                limits.bytes(JobOptions.DEAD_LETTERS));
    }

    /** As they are now, of {@code written}, which is all that is asked for. */
    public static KafkaLimits of(Settings options, List<Option<String>> written) {
        return new KafkaLimits(options, TopicConfigs.read(options, written));
    }

    /**
     * What key and value of a record of {@code topic} may have.
     *
     * @throws OptionException where a limit of the producer is no number
     */
    public int bytes(Option<String> topic) {
        Properties producer = new KafkaEndpoints(options).producer(topic);
        int request =
                number(
                        producer,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        OutputLimits.DEFAULT_REQUEST_BYTES);
        request = Math.min(request, number(producer, ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER));
        int batch =
                topics.value(options.get(topic), TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                        .map(Integer::parseInt)
                        .orElse(OutputLimits.DEFAULT_REQUEST_BYTES);
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
