package io.dienstream.job.connector;

import io.dienstream.job.check.RecordValidator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Settings;
import io.dienstream.job.record.InboundDecoder;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.Rejection;
import io.dienstream.job.registry.ConfluentReader;
import io.dienstream.job.registry.RegistryClient;
import io.dienstream.job.registry.RegistryException;
import io.dienstream.wire.WireException;
import java.io.IOException;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka records to {@link InboundRecord}s: exactly one for each, valid or with the reason why not,
 * so that time (watermarks are made per partition, in the source) only ever sees valid records.
 */
public final class InboundDeserializer implements KafkaRecordDeserializationSchema<InboundRecord> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(InboundDeserializer.class);

    private final InboundRecord.Kind kind;
    private final Settings options;
    private transient RecordValidator validator;
    private transient InboundDecoder decoder;
    private transient ConfluentReader confluent;

    public InboundDeserializer(InboundRecord.Kind kind, Settings options) {
        this.kind = kind;
        this.options = options;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) throws IOException {
        validator = new RecordValidator(options);
        decoder = new InboundDecoder();
        if (!options.get(JobOptions.REGISTRY_URL).isEmpty()) {
            confluent = new ConfluentReader(new RegistryClient(options), kind);
        }
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<InboundRecord> out)
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
    InboundRecord decode(Origin origin, byte[] key, byte[] value) throws RegistryException {
        try {
            byte[] message = confluent == null ? value : confluent.toSingleObject(value);
            InboundRecord record = decoder.decode(kind, origin, key, message);
            Rejection rejection = validator.check(record);
            return rejection == null
                    ? record
                    : InboundRecord.rejected(kind, origin, key, value, rejection);
        } catch (WireException e) {
            Reason reason =
                    e.problem() == WireException.Problem.UNKNOWN_SCHEMA
                            ? Reason.UNKNOWN_SCHEMA
                            : Reason.UNDECODABLE;
            return InboundRecord.rejected(
                    kind, origin, key, value, new Rejection(reason, e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("a record failed, origin {}", origin, e);
            return InboundRecord.rejected(kind, origin, key, value, Rejection.internal(e));
        }
    }

    @Override
    public TypeInformation<InboundRecord> getProducedType() {
        return RecordType.INBOUND;
    }
}
