package io.dienstream.job.learning.record;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import io.dienstream.job.registry.ConfluentReader;
import io.dienstream.job.registry.RegistryClient;
import io.dienstream.job.registry.RegistryException;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Heartbeat;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireException;
import java.io.IOException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka records to {@link LearningRecord}s: exactly one for each, valid or with the reason why not,
 * so that time only ever sees valid records.
 */
public final class LearningDeserializer
        implements KafkaRecordDeserializationSchema<LearningRecord> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(LearningDeserializer.class);

    private final LearningRecord.Kind kind;
    private final LearningOptions options;
    private transient LearningValidator validator;
    private transient LearningDecoder decoder;
    private transient ConfluentReader confluent;

    /**
     * @param kind that the topic holds beside heartbeats
     */
    public LearningDeserializer(LearningRecord.Kind kind, LearningOptions options) {
        this.kind = kind;
        this.options = options;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) throws IOException {
        validator = new LearningValidator(options, System::currentTimeMillis);
        decoder = new LearningDecoder();
        if (!options.get(JobOptions.REGISTRY_URL).isEmpty()) {
            confluent = new ConfluentReader(new RegistryClient(options), type());
        }
    }

    private Class<? extends SpecificRecord> type() {
        return switch (kind) {
            case SERVED -> ServedRequest.class;
            case IMPRESSION -> Impression.class;
            case CLICK -> AdClick.class;
            case HEARTBEAT -> Heartbeat.class;
        };
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<LearningRecord> out)
            throws IOException {
        Origin origin =
                new Origin(record.topic(), record.partition(), record.offset(), record.timestamp());
        out.collect(decode(origin, record.key(), record.value()));
    }

    /**
     * Never throws for anything that {@code value} may hold.
     *
     * @throws RegistryException where a registry is needed that cannot be asked
     */
    LearningRecord decode(Origin origin, byte[] key, byte[] value) throws RegistryException {
        try {
            byte[] message = confluent == null ? value : confluent.toSingleObject(value);
            LearningRecord record = decoder.decode(kind, origin, key, message);
            Rejection rejection = validator.check(record);
            return rejection == null
                    ? record
                    : LearningRecord.rejected(kind, origin, key, value, rejection);
        } catch (WireException e) {
            Reason reason =
                    e.problem() == WireException.Problem.UNKNOWN_SCHEMA
                            ? Reason.UNKNOWN_SCHEMA
                            : Reason.UNDECODABLE;
            return LearningRecord.rejected(
                    kind, origin, key, value, new Rejection(reason, e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("a record failed, origin {}", origin, e);
            return LearningRecord.rejected(kind, origin, key, value, Rejection.internal(e));
        }
    }

    @Override
    public TypeInformation<LearningRecord> getProducedType() {
        return LearningRecordSerializer.TYPE;
    }
}
