package io.dienstream.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Every schema that was ever released, committed under {@code released/NAME.vK.avsc}, K from 1.
 * Files are only added, never changed: messages written with them are still in Kafka.
 */
public final class ReleasedSchemas {
    private ReleasedSchemas() {}

    /** All versions of record {@code name}, oldest first. */
    public static List<Schema> of(String name) {
        List<Schema> schemas = new ArrayList<>();
        for (int version = 1; ; version++) {
            String resource = "/released/" + name + ".v" + version + ".avsc";
            try (InputStream in = ReleasedSchemas.class.getResourceAsStream(resource)) {
                if (in == null) {
                    return List.copyOf(schemas);
                }
                schemas.add(new Schema.Parser().parse(in));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + resource, e);
            }
        }
    }
}
