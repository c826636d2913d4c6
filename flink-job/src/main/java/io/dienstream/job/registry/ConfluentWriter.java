package io.dienstream.job.registry;

import io.dienstream.wire.WireEncoder;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;

/**
 * Single-object messages of today's schema in Confluent's wire format: another header before the
 * same body.
 */
public final class ConfluentWriter {
    private final int id;

    /** Registers {@code schema} for the values of {@code topic}. */
    public ConfluentWriter(RegistryClient registry, String topic, Schema schema)
            throws RegistryException {
        id = registry.register(topic + "-value", schema);
    }

    public byte[] fromSingleObject(byte[] message) {
        int body = message.length - WireEncoder.HEADER_BYTES;
        return ByteBuffer.allocate(ConfluentReader.HEADER_BYTES + body)
                .put(ConfluentReader.MAGIC)
                .putInt(id)
                .put(message, WireEncoder.HEADER_BYTES, body)
                .array();
    }
}
