package io.dienstream.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Writes Avro single-object encoding with today's schema. Not thread safe: one encoder a thread.
 *
 * @param <T> the generated class
 */
public final class WireEncoder<T extends SpecificRecord> {
    /** Marker and fingerprint before the body. */
    public static final int HEADER_BYTES = 10;

    static {
        WireLimits.apply();
    }

    private final BinaryMessageEncoder<T> encoder;

    public WireEncoder(Class<T> type) {
        SpecificData data = new SpecificData();
        data.setCustomCoders(true); // the same bytes by generated code, without a schema's walk
        encoder = new BinaryMessageEncoder<>(data, SpecificData.get().getSchema(type));
    }

    /** The message; an array of its own. */
    public byte[] encode(T record) {
        try {
            ByteBuffer buffer = encoder.encode(record);
            byte[] message = new byte[buffer.remaining()];
            buffer.get(message);
            return message;
        } catch (IOException e) {
            throw new UncheckedIOException("encoding to memory failed", e);
        }
    }
}
