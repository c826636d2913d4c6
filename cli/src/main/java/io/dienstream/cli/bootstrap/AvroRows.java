package io.dienstream.cli.bootstrap;

import io.dienstream.cli.log.LineException;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;

/** An Avro container file whose schema resolves to {@code schemas/Behavior.avsc}. */
final class AvroRows implements BehaviorRows {
    private final DataFileReader<Behavior> reader;

    AvroRows(Path file) throws IOException {
        reader = new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(Behavior.class));
    }

    @Override
    public boolean hasNext() {
        return reader.hasNext();
    }

    @Override
    public Behavior next() throws LineException {
        try {
            return reader.next();
        } catch (AvroRuntimeException e) {
            throw new LineException("no behavior: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
