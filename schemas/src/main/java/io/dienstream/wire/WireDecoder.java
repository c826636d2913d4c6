package io.dienstream.wire;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads Avro single-object encoding: C3 01, the writer schema's CRC-64-AVRO fingerprint (little
 * endian), the body. Any released writer schema is resolved to today's class. Not thread safe: one
 * decoder a thread.
 *
 * @param <T> the generated class
 */
public final class WireDecoder<T extends SpecificRecord> {
    private static final int HEADER_BYTES = WireEncoder.HEADER_BYTES;

    static {
        WireLimits.apply();
    }

    private final Map<Long, DatumReader<T>> readers = new HashMap<>();
    private final String name;
    private BinaryDecoder reused;

    /**
     * @param type today's class
     * @param writers every schema that messages may have been written with
     */
    public WireDecoder(Class<T> type, List<Schema> writers) {
        Schema reader = SpecificData.get().getSchema(type);
        this.name = reader.getName();
        add(reader, reader);
        writers.forEach(writer -> add(writer, reader));
    }

    /** A decoder of all released schemas of {@code type}. */
    public static <T extends SpecificRecord> WireDecoder<T> of(Class<T> type) {
        return new WireDecoder<>(type, ReleasedSchemas.of(type.getSimpleName()));
    }

    private void add(Schema writer, Schema reader) {
        long fingerprint = SchemaNormalization.parsingFingerprint64(writer);
        readers.put(fingerprint, new SpecificDatumReader<>(writer, reader));
    }

    /**
     * @throws WireException where {@code message} is null, of an unknown schema, malformed, or has
     *     bytes left over
     */
    public T decode(byte[] message) throws WireException {
        DatumReader<T> reader = reader(message);
        try {
            reused =
                    DecoderFactory.get()
                            .binaryDecoder(
                                    message, HEADER_BYTES, message.length - HEADER_BYTES, reused);
            T record = reader.read(null, reused);
            if (!reused.isEnd()) {
                throw new WireException(
                        WireException.Problem.UNDECODABLE, "bytes left over after the " + name);
            }
            return record;
        } catch (IOException | AvroRuntimeException | IllegalArgumentException e) {
            throw undecodable(e);
        } catch (UnsupportedOperationException | IndexOutOfBoundsException e) {
            // what Avro throws for negative or oversize lengths and for unknown enum symbols
            throw undecodable(e);
        } catch (NegativeArraySizeException | ClassCastException | NullPointerException e) {
            throw undecodable(e);
        }
    }

    private DatumReader<T> reader(byte[] message) throws WireException {
        if (message == null || message.length < HEADER_BYTES) {
            throw new WireException(
                    WireException.Problem.UNDECODABLE,
                    "%s: %s bytes are shorter than a header"
                            .formatted(name, message == null ? "no" : message.length));
        }
        if (message[0] != (byte) 0xC3 || message[1] != 0x01) {
            throw new WireException(
                    WireException.Problem.UNDECODABLE, name + ": no Avro single-object marker");
        }
        long fingerprint = 0;
        for (int i = HEADER_BYTES - 1; i >= 2; i--) {
            fingerprint = fingerprint << 8 | (message[i] & 0xff);
        }
        DatumReader<T> reader = readers.get(fingerprint);
        if (reader == null) {
            throw new WireException(
                    WireException.Problem.UNKNOWN_SCHEMA,
                    "%s: no released schema has fingerprint %016x".formatted(name, fingerprint));
        }
        return reader;
    }

    private WireException undecodable(Exception e) {
        return new WireException(
                WireException.Problem.UNDECODABLE,
                name + ": body does not fit its schema (" + e.getClass().getSimpleName() + ")",
                e);
    }
}
