package io.dienstream.job.connector;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.job.option.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The configuration of topics, as far as each of them tells it; what may not be read is logged. */
final class TopicConfigs {
    private static final Logger LOG = LoggerFactory.getLogger(TopicConfigs.class);

    private final Map<String, Config> told = new HashMap<>();

    private TopicConfigs() {}

    /**
     * Of the topics that {@code named} name; one that may not be read says nothing of the others.
     */
    static TopicConfigs read(Settings options, List<Option<String>> named) {
        List<ConfigResource> asked =
                named.stream()
                        .map(o -> new ConfigResource(ConfigResource.Type.TOPIC, options.get(o)))
                        .toList();
        TopicConfigs configs = new TopicConfigs();
        try (Admin admin = Admin.create(options.kafkaProperties())) {
            long timeoutMs = options.get(JobOptions.KAFKA_TIMEOUT).toMillis();
            admin.describeConfigs(asked)
                    .values()
                    .forEach((topic, config) -> configs.await(topic.name(), config, timeoutMs));
        } catch (KafkaException e) {
            LOG.warn("the configuration of {} may not be read; it is not checked", asked, e);
        }
        return configs;
    }

    private void await(String topic, KafkaFuture<Config> config, long timeoutMs) {
        try {
            told.put(topic, config.get(timeoutMs, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the configuration of topic {} may not be read; it is not checked", topic, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether {@code topic} has told anything. */
    boolean has(String topic) {
        return told.containsKey(topic);
    }

    /**
     * What {@code topic} is configured to; nothing where it does not tell, or knows no such key.
     */
    Optional<String> value(String topic, String key) {
        return Optional.ofNullable(told.get(topic))
                .map(config -> config.get(key))
                .map(ConfigEntry::value);
    }
}
