package io.dienstream.operate.bootstrap;

import blue.strategic.parquet.Hydrator;
import blue.strategic.parquet.ParquetReader;
import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LineIds;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.PrimitiveType;

/**
 * A flat Parquet file: columns {@code user_id}, {@code timestamp} (64 bit, ms), optionally {@code
 * event_id}, and every other column a behavior field. Columns of bytes that are not marked as text
 * are text all the same, as older writers have it, or a bad row.
 */
final class ParquetRows implements LogRows<Behavior> {
    private final Stream<Map<String, Object>> stream;
    private final Iterator<Map<String, Object>> rows;
    private final LineIds ids;
    private final Set<String> codecs = new TreeSet<>();
    private final Set<String> bytes = new HashSet<>();
    private long number;

    ParquetRows(Path file, LineIds ids) throws IOException {
        this.ids = ids;
        try {
            look(ParquetReader.readMetadata(file.toFile()));
            stream = ParquetReader.streamContent(file.toFile(), new Columns());
            rows = stream.iterator();
        } catch (RuntimeException e) { // what the library throws for a file that is none
            throw damaged(e);
        } catch (LinkageError e) {
            throw compressed(e);
        }
    }

    private void look(ParquetMetadata metadata) throws IOException {
        metadata.getBlocks()
                .forEach(block -> block.getColumns().forEach(c -> codecs.add(c.getCodec().name())));
        for (ColumnDescriptor column : metadata.getFileMetaData().getSchema().getColumns()) {
            PrimitiveType type = column.getPrimitiveType();
            String name = String.join(".", column.getPath());
            switch (type.getPrimitiveTypeName()) {
                case INT96 ->
                        throw new IOException(
                                "column '"
                                        + name
                                        + "' is an INT96, which is neither a time nor an id here");
                case BINARY, FIXED_LEN_BYTE_ARRAY -> {
                    if (type.getLogicalTypeAnnotation() == null) {
                        bytes.add(name);
                    }
                }
                default -> {}
            }
        }
    }

    /** The library has the formats of what it is not linked with. */
    private IOException compressed(LinkageError e) {
        return new IOException(
                "the Parquet file is compressed with %s, which is not read here; write it with Snappy or without compression"
                        .formatted(String.join(", ", codecs)),
                e);
    }

    private static IOException damaged(RuntimeException e) {
        return new IOException("no Parquet file, or damaged: " + e.getMessage(), e);
    }

    @Override
    public boolean hasNext() throws IOException {
        try {
            return rows.hasNext();
        } catch (RuntimeException e) {
            throw damaged(e);
        } catch (LinkageError e) {
            throw compressed(e);
        }
    }

    private Map<String, Object> row() throws IOException {
        try {
            return rows.next();
        } catch (RuntimeException e) {
            throw damaged(e);
        } catch (LinkageError e) {
            throw compressed(e);
        }
    }

    @Override
    public Behavior next() throws LineException, IOException {
        Map<String, Object> row = row();
        number++;
        for (String name : bytes) {
            if (row.get(name) instanceof String hex) {
                row.put(name, text(name, hex));
            }
        }
        Object user = row.remove("user_id");
        if (user == null) {
            throw new LineException("no user_id");
        }
        if (!(row.remove("timestamp") instanceof Long timestamp)) {
            throw new LineException("no timestamp of 64 bits");
        }
        Object event = row.remove("event_id");
        Map<String, String> fields = new HashMap<>();
        row.forEach((name, value) -> fields.put(name, value.toString()));
        String eventId = event == null ? Long.toString(ids.of(number)) : event.toString();
        return new Behavior(eventId, user.toString(), timestamp, fields);
    }

    /** What the library shows as {@code 0x...}. */
    static String text(String column, String hex) throws LineException {
        byte[] value = HexFormat.of().parseHex(hex, "0x".length(), hex.length());
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        } catch (CharacterCodingException e) {
            throw new LineException("column '" + column + "' is no UTF-8 text");
        }
    }

    @Override
    public long number() {
        return number;
    }

    @Override
    public void close() {
        stream.close();
    }

    private static final class Columns
            implements Hydrator<Map<String, Object>, Map<String, Object>, String[]> {
        @Override
        public Map<String, Object> start() {
            return new HashMap<>();
        }

        @Override
        public Map<String, Object> add(Map<String, Object> row, String[] path, Object value) {
            if (value != null) {
                row.put(String.join(".", path), value);
            }
            return row;
        }

        @Override
        public Map<String, Object> finish(Map<String, Object> row) {
            return row;
        }
    }
}
