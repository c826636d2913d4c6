package io.dienstream.job.registry;

import io.dienstream.wire.ForeignWriter;
import io.dienstream.wire.WireException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * Messages in Confluent's wire format (0, schema id as four bytes, Avro body) as the single-object
 * messages that the job works with. Others pass: producers may change over one by one. Not thread
 * safe.
 */
public final class ConfluentReader {
    static final byte MAGIC = 0;
    static final int HEADER_BYTES = 5;

    private final RegistryClient registry;
    private final Class<? extends SpecificRecord> type;
    private final Map<Integer, ForeignWriter<?>> writers = new HashMap<>();

    /**
     * @param type what messages become
     */
    public ConfluentReader(RegistryClient registry, Class<? extends SpecificRecord> type) {
        this.registry = registry;
        this.type = type;
    }

    /**
     * @throws WireException where the registry does not know the message's schema, or the message
     *     does not fit it
     * @throws RegistryException where the registry cannot be asked; the message may be good
     */
    public byte[] toSingleObject(byte[] message) throws WireException, RegistryException {
        if (message == null || message.length < HEADER_BYTES || message[0] != MAGIC) {
            return message;
        }
        int id = ByteBuffer.wrap(message, 1, Integer.BYTES).getInt();
        ForeignWriter<?> writer = writers.get(id);
        if (writer == null) {
            Optional<Schema> schema = registry.schema(id);
            if (schema.isEmpty()) {
                throw WireException.unknownSchema(
                        type.getSimpleName() + ": the schema registry has no Avro schema " + id);
            }
            writer = new ForeignWriter<>(type, schema.get());
            writers.put(id, writer);
        }
        return writer.toSingleObject(message, HEADER_BYTES);
    }
}
