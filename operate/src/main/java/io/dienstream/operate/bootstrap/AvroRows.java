package io.dienstream.operate.bootstrap;

import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;

/** An Avro container file whose schema resolves to {@code schemas/Behavior.avsc}. */
final class AvroRows implements LogRows<Behavior> {
    private static final int HEADER_BYTES = 1 << 16;

    private final DataFileReader<Behavior> reader;
    private final long bytes;
    private final String codec;
    private long number;

    AvroRows(Path file) throws IOException {
        bytes = Files.size(file);
        codec = codec(file);
        try {
            reader = new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(Behavior.class));
        } catch (AvroRuntimeException e) {
            throw damaged(e);
        } catch (LinkageError e) {
            throw compressed(e);
        }
    }

    /** As the header names it; the library forgets the name where it cannot load the codec. */
    private static String codec(Path file) throws IOException {
        String header;
        try (InputStream in = Files.newInputStream(file)) {
            header = new String(in.readNBytes(HEADER_BYTES), StandardCharsets.ISO_8859_1);
        }
        int at = header.indexOf(DataFileConstants.CODEC);
        int name = at + DataFileConstants.CODEC.length() + 1;
        if (at < 0 || name > header.length()) {
            return DataFileConstants.NULL_CODEC;
        }
        int length = header.charAt(name - 1) / 2; // zigzag, one byte
        return header.substring(name, Math.min(name + length, header.length()));
    }

    private IOException compressed(LinkageError e) {
        return new IOException(
                "the Avro container is compressed with %s, which is not read here; write it with deflate, snappy or without compression"
                        .formatted(codec),
                e);
    }

    @Override
    public boolean hasNext() throws IOException {
        boolean more;
        try {
            more = reader.hasNext();
        } catch (AvroRuntimeException e) {
            throw damaged(e);
        } catch (LinkageError e) {
            throw compressed(e);
        }
        // to Avro a file that is cut off within a block has merely ended
        if (!more && reader.previousSync() != bytes) {
            throw new IOException(
                    "the Avro container is cut off: %d bytes, whole blocks up to %d"
                            .formatted(bytes, reader.previousSync()));
        }
        return more;
    }

    /** A container is written whole: what does not decode is damage, not one bad row. */
    @Override
    public Behavior next() throws IOException {
        number++;
        try {
            return reader.next();
        } catch (AvroRuntimeException e) {
            throw damaged(e);
        } catch (LinkageError e) {
            throw compressed(e);
        }
    }

    @Override
    public long number() {
        return number;
    }

    private static IOException damaged(AvroRuntimeException e) {
        return new IOException("no Avro container of behaviors, or damaged: " + e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
