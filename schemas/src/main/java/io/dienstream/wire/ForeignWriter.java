package io.dienstream.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificRecord;

/**
 * Avro bodies of one writer schema, known from elsewhere, as single-object messages of {@code T}: a
 * body of a released schema gets our header and stays as it is, any other is resolved and written
 * anew with today's schema. Not thread safe.
 *
 * @param <T> the generated class
 */
public final class ForeignWriter<T extends SpecificRecord> {
    private final long fingerprint;
    private final boolean released;
    private final WireDecoder<T> decoder;
    private final WireEncoder<T> encoder;

    public ForeignWriter(Class<T> type, Schema writer) {
        fingerprint = SchemaNormalization.parsingFingerprint64(writer);
        released =
                ReleasedSchemas.of(type.getSimpleName()).stream()
                        .anyMatch(s -> SchemaNormalization.parsingFingerprint64(s) == fingerprint);
        decoder = new WireDecoder<>(type, List.of(writer));
        encoder = new WireEncoder<>(type);
    }

    /**
     * @param header how many bytes stand before the body
     * @throws WireException where the body does not fit its schema, or that schema not {@code T}
     */
    public byte[] toSingleObject(byte[] message, int header) throws WireException {
        int body = message.length - header;
        byte[] own =
                ByteBuffer.allocate(WireEncoder.HEADER_BYTES + body)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put((byte) 0xC3)
                        .put((byte) 0x01)
                        .putLong(fingerprint)
                        .put(message, header, body)
                        .array();
        return released ? own : encoder.encode(decoder.decode(own));
    }
}
