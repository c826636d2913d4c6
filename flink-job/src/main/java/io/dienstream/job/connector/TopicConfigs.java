package io.dienstream.job.connector;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The configuration of topics, as far as each of them tells it. */
final class TopicConfigs {
    private static final Logger LOG = LoggerFactory.getLogger(TopicConfigs.class);

    private TopicConfigs() {}

    /** Of those of {@code asked} that may be read; one that may not says nothing of the others. */
    static Map<ConfigResource, Config> of(Admin admin, List<ConfigResource> asked, long timeoutMs) {
        Map<ConfigResource, Config> told = new HashMap<>();
        for (Map.Entry<ConfigResource, KafkaFuture<Config>> e :
                admin.describeConfigs(asked).values().entrySet()) {
            try {
                told.put(e.getKey(), e.getValue().get(timeoutMs, TimeUnit.MILLISECONDS));
            } catch (ExecutionException | TimeoutException failed) {
                LOG.warn(
                        "the configuration of topic {} may not be read; it is not checked",
                        e.getKey().name(),
                        failed);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return told;
            }
        }
        return told;
    }
}
