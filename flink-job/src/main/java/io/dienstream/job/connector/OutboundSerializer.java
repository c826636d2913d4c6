package io.dienstream.job.connector;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Settings;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.registry.ConfluentWriter;
import io.dienstream.job.registry.RegistryClient;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Encoded messages to one topic, which it names: a restart asks for that topic's transactions. */
final class OutboundSerializer
        implements KafkaRecordSerializationSchema<OutboundRecord>, KafkaDatasetFacetProvider {
    private static final long serialVersionUID = 1;

    private final String topic;
    private final Settings options;
    private final Class<? extends SpecificRecord> type;
    private transient ConfluentWriter confluent;

    /** Messages as they are. */
    OutboundSerializer(String topic) {
        this(topic, null, null);
    }

    /**
     * Messages of {@code type}, in Confluent's wire format where the options name a registry.
     *
     * @param options null for messages as they are
     */
    OutboundSerializer(String topic, Settings options, Class<? extends SpecificRecord> type) {
        this.topic = topic;
        this.options = options;
        this.type = type;
    }

    @Override
    public void open(
            SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext)
            throws IOException {
        if (options != null && !options.get(JobOptions.REGISTRY_URL).isEmpty()) {
            confluent =
                    new ConfluentWriter(
                            new RegistryClient(options), topic, SpecificData.get().getSchema(type));
        }
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            OutboundRecord record, KafkaSinkContext context, Long timestamp) {
        byte[] value =
                confluent == null ? record.value() : confluent.fromSingleObject(record.value());
        return new ProducerRecord<>(topic, null, record.timestamp(), record.key(), value);
    }

    @Override
    public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
        return Optional.of(
                new DefaultKafkaDatasetFacet(
                        DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic))));
    }
}
