package io.dienstream.job.connector;

import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.job.option.Settings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka before the job is submitted, so that what is missing is said at once and clearly. */
public final class KafkaCheck {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaCheck.class);
    private static final String BROKER_LIMIT = "transaction.max.timeout.ms";

    private KafkaCheck() {}

    /**
     * @throws IOException saying what is missing or not allowed and what to do, at the latest after
     *     a few times {@code kafka.startup-timeout}
     */
    public static void check(JobOptions options) throws IOException, InterruptedException {
        check(options, JobTopics.of(options));
    }

    /**
     * Likewise, of a job between {@code topics}.
     *
     * @throws IOException as {@link #check(JobOptions)}
     */
    public static void check(Settings options, JobTopics topics)
            throws IOException, InterruptedException {
        long timeoutMs = options.get(JobOptions.KAFKA_TIMEOUT).toMillis();
        topics(options.kafkaProperties(), timeoutMs);
        KafkaAccess.check(options, topics, timeoutMs);
        InputTopics.check(options, topics.foreign());
        if (options.get(JobOptions.DELIVERY) == Delivery.EXACTLY_ONCE) {
            checkTransactionTimeout(options, timeoutMs);
        }
    }

    /** A longer timeout than the broker allows would make every sink fail at every start. */
    private static void checkTransactionTimeout(Settings options, long timeoutMs)
            throws IOException, InterruptedException {
        Properties client = options.kafkaProperties();
        String key = ProducerConfig.TRANSACTION_TIMEOUT_CONFIG;
        long asked = TransactionTiming.of(options).timeoutMs();
        long allowed = longestTransaction(client, timeoutMs);
        if (asked > allowed) {
            throw new IOException(
                    "kafka.properties.%s = %d, but the brokers allow %d (%s): lower it, or raise"
                                    .formatted(key, asked, allowed, BROKER_LIMIT)
                            + " the brokers' limit");
        }
    }

    /** The least of all brokers' limits, ms; no limit known where we may not ask for it. */
    private static long longestTransaction(Properties client, long timeoutMs)
            throws IOException, InterruptedException {
        try (Admin admin = Admin.create(client)) {
            List<ConfigResource> brokers =
                    admin.describeCluster().nodes().get(timeoutMs, TimeUnit.MILLISECONDS).stream()
                            .map(n -> new ConfigResource(ConfigResource.Type.BROKER, n.idString()))
                            .toList();
            return admin
                    .describeConfigs(brokers)
                    .all()
                    .get(timeoutMs, TimeUnit.MILLISECONDS)
                    .values()
                    .stream()
                    .map(config -> config.get(BROKER_LIMIT))
                    .filter(Objects::nonNull)
                    .mapToLong(entry -> Long.parseLong(entry.value()))
                    .min()
                    .orElse(Long.MAX_VALUE);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                LOG.warn("not allowed to read the brokers' {}; it is not checked", BROKER_LIMIT);
                return Long.MAX_VALUE;
            }
            throw new IOException("the brokers did not tell their " + BROKER_LIMIT, e);
        } catch (TimeoutException e) {
            throw new IOException("the brokers did not tell their " + BROKER_LIMIT, e);
        }
    }

    /**
     * How many partitions the topics have that {@code named} name, by topic.
     *
     * @throws IOException where Kafka does not tell
     */
    public static Map<String, Integer> partitions(Settings options, List<Option<String>> named)
            throws IOException, InterruptedException {
        List<String> topics = named.stream().map(options::get).toList();
        long timeoutMs = options.get(JobOptions.KAFKA_TIMEOUT).toMillis();
        try (Admin admin = Admin.create(options.kafkaProperties())) {
            Map<String, Integer> partitions = new TreeMap<>();
            admin.describeTopics(topics)
                    .allTopicNames()
                    .get(timeoutMs, TimeUnit.MILLISECONDS)
                    .forEach((name, topic) -> partitions.put(name, topic.partitions().size()));
            return partitions;
        } catch (ExecutionException | TimeoutException e) {
            throw KafkaAccess.refusal(options.get(JobOptions.BOOTSTRAP_SERVERS), timeoutMs, e);
        }
    }

    /**
     * The topics that Kafka has.
     *
     * @param properties of a client, {@code bootstrap.servers} among them
     * @throws IOException where no broker answers within {@code timeoutMs}, or the client would log
     *     credentials
     */
    public static Set<String> topics(Properties properties, long timeoutMs)
            throws IOException, InterruptedException {
        LoggedSettings.refuseCredentials(properties);
        String servers = properties.getProperty("bootstrap.servers");
        int timeout = (int) Math.min(timeoutMs, Integer.MAX_VALUE);
        Properties client = new Properties();
        client.putAll(properties);
        client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout);
        client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
        try (Admin admin = ResolvedAdmin.create(client, timeoutMs)) {
            return admin.listTopics().names().get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw KafkaAccess.refusal(servers, timeoutMs, e);
        }
    }
}
