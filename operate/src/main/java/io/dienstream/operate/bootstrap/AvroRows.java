package io.dienstream.operate.bootstrap;

import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;

/** An Avro container file whose schema resolves to {@code schemas/Behavior.avsc}. */
final class AvroRows implements LogRows<Behavior> {
    private final DataFileReader<Behavior> reader;
    private final long bytes;
    private long number;

    AvroRows(Path file) throws IOException {
        bytes = Files.size(file);
        reader = new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(Behavior.class));
    }

    @Override
    public boolean hasNext() throws IOException {
        boolean more;
        try {
            more = reader.hasNext();
        } catch (AvroRuntimeException e) {
            throw damaged(e);
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
