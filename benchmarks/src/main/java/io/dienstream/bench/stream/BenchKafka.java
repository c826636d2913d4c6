package io.dienstream.bench.stream;

import io.dienstream.job.connector.KafkaEndpoints;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;

/**
 * A broker in this JVM, or a given one. Each case has topics of its own, deleted after it: what one
 * case left behind is no load of the next. What was there before is never deleted.
 */
final class BenchKafka implements AutoCloseable {
    /** The client's own default: what sends clicks has no reason to set another. */
    private static final int TRACKER_LINGER_MS = 5;

    private static final List<Option<String>> ROLLOUT =
            List.of(JobOptions.MODELS, JobOptions.MODEL_STATUS);

    private static final String PREFIX = "dien-bench-";

    private final EmbeddedBroker broker;
    private final Properties client;

    private BenchKafka(EmbeddedBroker broker, Properties client) {
        this.broker = broker;
        this.client = client;
    }

    /**
     * @param given properties of a given Kafka's clients, or null for one in this JVM
     */
    static BenchKafka start(Properties given) throws Exception {
        Properties client = new Properties();
        // the generator's clients run the code that the job's do, in one JVM
        client.put(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, KafkaEndpoints.METADATA_MAX_AGE_MS);
        if (given != null) {
            client.putAll(given);
            return new BenchKafka(null, client);
        }
        EmbeddedBroker broker = EmbeddedBroker.start();
        client.put("bootstrap.servers", broker.bootstrapServers());
        return new BenchKafka(broker, client);
    }

    /** The topics of one case; closing deletes them. */
    final class CaseTopics implements AutoCloseable {
        private final Map<Option<String>, String> names = new LinkedHashMap<>();
        private final List<String> created;

        private CaseTopics(String id, int partitions, boolean rollout) throws Exception {
            for (Option<String> option : Topics.OPTIONS) {
                // whoever gives commands knows their topics by these names alone
                boolean fixed = rollout && ROLLOUT.contains(option);
                names.put(
                        option,
                        fixed ? option.defaultText() : PREFIX + id + "-" + option.defaultText());
            }
            created =
                    Topics.create(
                            client, List.copyOf(names.values()), partitions, (short) 1, Map.of());
        }

        /** Options of a job between these topics. */
        Map<String, String> options() {
            Map<String, String> options = new LinkedHashMap<>();
            client.forEach(
                    (key, value) -> options.put(JobOptions.KAFKA_PREFIX + key, value.toString()));
            options.put(
                    JobOptions.BOOTSTRAP_SERVERS.key(), client.getProperty("bootstrap.servers"));
            names.forEach((option, name) -> options.put(option.key(), name));
            options.put(JobOptions.GROUP_ID.key(), names.get(JobOptions.BEHAVIORS));
            return options;
        }

        /** Sends at once, as an ad server does. */
        LogPlayer player() {
            return player(0);
        }

        /** Sends in small batches, as whatever collects clicks does. */
        LogPlayer tracker() {
            return player(TRACKER_LINGER_MS);
        }

        private LogPlayer player(int lingerMs) {
            return new LogPlayer(
                    client,
                    names.get(JobOptions.BEHAVIORS),
                    names.get(JobOptions.REQUESTS),
                    lingerMs);
        }

        /** What the topic of {@code option} is called. */
        String name(Option<String> option) {
            return names.get(option);
        }

        TopicTail scores() {
            return new TopicTail(client, List.of(names.get(JobOptions.SCORES)));
        }

        /** Those that come from now on. */
        TopicTail scoresFromNow() {
            return TopicTail.fromNow(client, List.of(names.get(JobOptions.SCORES)));
        }

        @Override
        public void close() throws Exception {
            try (Admin admin = Admin.create(client)) {
                admin.deleteTopics(created).all().get(1, TimeUnit.MINUTES);
            }
        }
    }

    /**
     * @param rollout whether models change: such a case has a broker to itself
     * @throws IOException where it has not: other jobs there know the topics of commands by the
     *     same names
     */
    CaseTopics topics(String id, int partitions, boolean rollout) throws Exception {
        if (rollout && broker == null) {
            throw new IOException(
                    "rollout.enabled is not for a given Kafka, whose topics %s and %s are of jobs"
                                    .formatted(
                                            JobOptions.MODELS.defaultText(),
                                            JobOptions.MODEL_STATUS.defaultText())
                            + " at work: leave out --bootstrap-servers");
        }
        return new CaseTopics(id, partitions, rollout);
    }

    /** Properties of clients. */
    Properties client() {
        return client;
    }

    @Override
    public void close() {
        if (broker != null) {
            broker.close();
        }
    }
}
