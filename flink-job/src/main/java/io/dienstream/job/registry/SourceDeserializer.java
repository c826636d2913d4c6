package io.dienstream.job.registry;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Settings;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import io.dienstream.job.record.SourceRecord;
import io.dienstream.wire.WireException;
import java.io.IOException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka records to ours: exactly one for each, valid or with the reason why not, so that time
 * (watermarks are made per partition, in the source) only ever sees valid records.
 *
 * @param <T> the record
 */
public abstract class SourceDeserializer<T extends SourceRecord>
        implements KafkaRecordDeserializationSchema<T> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(SourceDeserializer.class);

    private final Settings options;
    private final Class<? extends SpecificRecord> type;
    private transient ConfluentReader confluent;

    /**
     * @param type that the topic holds
     */
    protected SourceDeserializer(Settings options, Class<? extends SpecificRecord> type) {
        this.options = options;
        this.type = type;
    }

    /** Makes what one task has for itself, before the first record. */
    protected abstract void begin();

    /**
     * What {@code message} says.
     *
     * @throws WireException where it is no message of the topic
     */
    protected abstract T read(Origin origin, byte[] key, byte[] message) throws WireException;

    /** Why {@code record} is refused, or null. */
    protected abstract Rejection check(T record);

    /** The record of what was refused. */
    protected abstract T refused(Origin origin, byte[] key, byte[] value, Rejection rejection);

    @Override
    public final void open(DeserializationSchema.InitializationContext context) throws IOException {
        begin();
        if (!options.get(JobOptions.REGISTRY_URL).isEmpty()) {
            confluent = new ConfluentReader(new RegistryClient(options), type);
        }
    }

    @Override
    public final void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<T> out)
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
    public final T decode(Origin origin, byte[] key, byte[] value) throws RegistryException {
        try {
            byte[] message = confluent == null ? value : confluent.toSingleObject(value);
            T record = read(origin, key, message);
            Rejection rejection = check(record);
            return rejection == null ? record : refused(origin, key, value, rejection);
        } catch (WireException e) {
            Reason reason =
                    e.problem() == WireException.Problem.UNKNOWN_SCHEMA
                            ? Reason.UNKNOWN_SCHEMA
                            : Reason.UNDECODABLE;
            return refused(origin, key, value, new Rejection(reason, e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("a record failed, origin {}", origin, e);
            return refused(origin, key, value, Rejection.internal(e));
        }
    }
}
