package io.dienstream.job.connector;

import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.Option;
import io.dienstream.job.option.Settings;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.registry.ConfluentWriter;
import io.dienstream.job.registry.RegistryClient;
import io.dienstream.job.registry.RegistryException;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;

/** Kafka sources and sinks from the options. */
public final class KafkaEndpoints {
    /**
     * Of every client. With the client's own five minutes the first time that one asks for the
     * topics' metadata anew comes long after the compiler has compiled its loop as if that never
     * happened: the loop is interpreted and compiled once more, which takes two cores 2.5 s. Within
     * half a minute the loop is still being compiled anyway.
     */
    public static final String METADATA_MAX_AGE_MS = "30000";

    /** Of sinks, unless kafka.properties says otherwise: what brokers allow by default. */
    static final String TRANSACTION_TIMEOUT_MS = "900000";

    /** Answers wait for a commit anyway; many small batches would be the brokers' load. */
    private static final String EXACTLY_ONCE_LINGER_MS = "20";

    /**
     * Of answers at once: the client's own 5 ms would be most of what a request waits for, no wait
     * at all a batch, and a fetch of it, for each.
     */
    private static final String SCORES_LINGER_MS = "2";

    /** What was served waits for clicks that come minutes later, so also for a batch. */
    private static final String SERVED_LINGER_MS = "50";

    private static final Set<String> LEARNED_FROM =
            Set.of(
                    JobOptions.SERVED.key(),
                    LearningOptions.EXAMPLES.key(),
                    LearningOptions.CORRECTIONS.key());

    /**
     * Of every sink: a batch should end by its time, not by the client's 16 kB, which are two of
     * what was served. Producing a batch costs client and broker more than scoring a request.
     */
    private static final String BATCH_BYTES = "131072";

    /**
     * Of behaviors: nobody waits for one by itself, and a fetch for each would be most of what the
     * brokers and the source do at moderate rates. A behavior is applied so much later at worst.
     */
    private static final String BEHAVIORS_WAIT_MS = "10";

    private static final String BEHAVIORS_MIN_BYTES = "65536";

    /**
     * Of every source. Fetches are bounded by their compressed bytes, a record by {@code
     * max.decompressed.message.bytes} of its topic: so many records is what a fetch of compressed
     * zeros may become on the heap.
     */
    private static final String MAX_POLL_RECORDS = "128";

    private final Settings options;

    public KafkaEndpoints(Settings options) {
        this.options = options;
    }

    /** The behaviors topic, from the committed offsets or else the beginning. */
    public KafkaSource<InboundRecord> behaviors() {
        return source(InboundRecord.Kind.BEHAVIOR, JobOptions.BEHAVIORS);
    }

    /** The requests topic, likewise. */
    public KafkaSource<InboundRecord> adRequests() {
        return source(InboundRecord.Kind.AD_REQUEST, JobOptions.REQUESTS);
    }

    /** The control topic, likewise. */
    public KafkaSource<InboundRecord> control() {
        return source(InboundRecord.Kind.ERASURE, JobOptions.CONTROL);
    }

    private KafkaSource<InboundRecord> source(InboundRecord.Kind kind, Option<String> topic) {
        return source(topic, consumer(kind), new InboundDeserializer(kind, options));
    }

    /** Records of {@code topic}, from the committed offsets or else the beginning. */
    public <T> KafkaSource<T> source(
            Option<String> topic, KafkaRecordDeserializationSchema<T> deserializer) {
        return source(topic, consumer(), deserializer);
    }

    private <T> KafkaSource<T> source(
            Option<String> topic,
            Properties consumer,
            KafkaRecordDeserializationSchema<T> deserializer) {
        KafkaSourceBuilder<T> builder =
                KafkaSource.<T>builder()
                        .setProperties(consumer)
                        .setGroupId(options.get(JobOptions.GROUP_ID))
                        .setTopics(options.get(topic))
                        .setDeserializer(deserializer)
                        .setStartingOffsets(start(options.get(topic)));
        if (options.get(JobOptions.BOUNDED)) {
            builder.setBounded(OffsetsInitializer.latest());
        }
        return builder.build();
    }

    /** Commands on models, from the first one: those that are known are skipped. */
    public KafkaSource<CommandRecord> commands() {
        KafkaSourceBuilder<CommandRecord> builder =
                KafkaSource.<CommandRecord>builder()
                        .setProperties(consumer())
                        .setGroupId(options.get(JobOptions.GROUP_ID))
                        .setTopics(options.get(JobOptions.MODELS))
                        .setDeserializer(new CommandDeserializer())
                        .setStartingOffsets(OffsetsInitializer.earliest());
        if (options.get(JobOptions.BOUNDED)) {
            builder.setBounded(OffsetsInitializer.latest());
        }
        return builder.build();
    }

    /**
     * States of versions. Never in transactions: who waits for a version to be ready would wait for
     * a checkpoint too.
     */
    public KafkaSink<OutboundRecord> modelStatus() {
        return sink(
                JobOptions.MODEL_STATUS,
                new OutboundSerializer(options.get(JobOptions.MODEL_STATUS)),
                DeliveryGuarantee.AT_LEAST_ONCE);
    }

    /** Of a source's consumer; what kafka.properties says goes first. */
    Properties consumer(InboundRecord.Kind kind) {
        Properties properties = consumer();
        if (kind == InboundRecord.Kind.BEHAVIOR) {
            properties.putIfAbsent(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, BEHAVIORS_MIN_BYTES);
            properties.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, BEHAVIORS_WAIT_MS);
        }
        return properties;
    }

    private Properties consumer() {
        Properties properties = client();
        properties.putIfAbsent(
                KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
                Long.toString(options.get(JobOptions.PARTITION_DISCOVERY).toMillis()));
        properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        return properties;
    }

    private Properties client() {
        Properties properties = options.kafkaProperties();
        properties.putIfAbsent(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MS);
        return properties;
    }

    @SuppressWarnings("deprecation") // the connector's own methods still ask for this Kafka enum
    private OffsetsInitializer start(String topic) {
        Map<TopicPartition, Long> offsets = StartOffsets.of(options, topic);
        return offsets.isEmpty()
                ? OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST)
                : OffsetsInitializer.offsets(offsets, OffsetResetStrategy.NONE);
    }

    /** Ranked answers. */
    public KafkaSink<OutboundRecord> scores() {
        return sink(JobOptions.SCORES, ScoredRequest.class);
    }

    /** Requests as they were scored. */
    public KafkaSink<OutboundRecord> served() {
        return sink(JobOptions.SERVED, ServedRequest.class);
    }

    /** Messages of {@code type}, in Confluent's wire format where the options name a registry. */
    public KafkaSink<OutboundRecord> sink(
            Option<String> topic, Class<? extends SpecificRecord> type) {
        return sink(topic, new OutboundSerializer(options.get(topic), options, type));
    }

    /**
     * Registers the schemas of what is written, where there is a registry, so that one that is away
     * or refuses is found before the job starts.
     */
    public void register() throws RegistryException {
        Map<Option<String>, Schema> written = new LinkedHashMap<>();
        written.put(JobOptions.SCORES, ScoredRequest.getClassSchema());
        if (options.get(JobOptions.SERVED_ENABLED)) {
            written.put(JobOptions.SERVED, ServedRequest.getClassSchema());
        }
        register(written);
    }

    /**
     * Likewise, of another job.
     *
     * @param written by the option that names the topic
     */
    public void register(Map<Option<String>, Schema> written) throws RegistryException {
        if (!options.get(JobOptions.REGISTRY_URL).isEmpty()) {
            RegistryClient registry = new RegistryClient(options);
            for (Map.Entry<Option<String>, Schema> topic : written.entrySet()) {
                new ConfluentWriter(registry, options.get(topic.getKey()), topic.getValue());
            }
        }
    }

    /** Refused records; always in our own format, whatever is wrong with a registry. */
    public KafkaSink<OutboundRecord> deadLetters() {
        return sink(
                JobOptions.DEAD_LETTERS,
                new OutboundSerializer(options.get(JobOptions.DEAD_LETTERS)));
    }

    private KafkaSink<OutboundRecord> sink(Option<String> topic, OutboundSerializer serializer) {
        return sink(
                topic,
                serializer,
                exactlyOnce() ? DeliveryGuarantee.EXACTLY_ONCE : DeliveryGuarantee.AT_LEAST_ONCE);
    }

    private KafkaSink<OutboundRecord> sink(
            Option<String> topic, OutboundSerializer serializer, DeliveryGuarantee guarantee) {
        String name = options.get(topic);
        return KafkaSink.<OutboundRecord>builder()
                .setKafkaProducerConfig(producer(topic))
                .setBootstrapServers(options.get(JobOptions.BOOTSTRAP_SERVERS))
                .setRecordSerializer(serializer)
                .setDeliveryGuarantee(guarantee)
                // a small pool of ids, open ones found by asking the broker: else every checkpoint
                // leaves a new id with the brokers for a week, and a restart probes for them
                .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                .setTransactionalIdPrefix(options.get(JobOptions.TRANSACTION_PREFIX) + "-" + name)
                .build();
    }

    /** Of a sink's producer; what kafka.properties says goes first. */
    Properties producer(Option<String> topic) {
        Properties properties = client();
        // the connector asks for an hour, brokers allow 15 minutes unless told otherwise
        properties.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
        properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        String linger = lingerMs(topic);
        if (linger != null) {
            properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, linger);
        }
        return properties;
    }

    /** How long a batch of {@code topic} waits for more; null: as long as clients do. */
    private String lingerMs(Option<String> topic) {
        if (LEARNED_FROM.contains(topic.key())) {
            return SERVED_LINGER_MS;
        }
        if (exactlyOnce()) {
            return EXACTLY_ONCE_LINGER_MS;
        }
        return topic.key().equals(JobOptions.SCORES.key()) ? SCORES_LINGER_MS : null;
    }

    private boolean exactlyOnce() {
        return options.get(JobOptions.DELIVERY) == Delivery.EXACTLY_ONCE;
    }
}
