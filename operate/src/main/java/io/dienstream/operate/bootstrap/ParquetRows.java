package io.dienstream.operate.bootstrap;

import blue.strategic.parquet.Hydrator;
import blue.strategic.parquet.ParquetReader;
import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LineIds;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A flat Parquet file: columns {@code user_id}, {@code timestamp} (64 bit, ms), optionally {@code
 * event_id}, and every other column a behavior field.
 */
final class ParquetRows implements LogRows<Behavior> {
    private final Stream<Map<String, Object>> stream;
    private final Iterator<Map<String, Object>> rows;
    private final LineIds ids;
    private long number;

    ParquetRows(Path file, LineIds ids) throws IOException {
        this.ids = ids;
        try {
            stream = ParquetReader.streamContent(file.toFile(), new Columns());
            rows = stream.iterator();
        } catch (RuntimeException e) { // what the library throws for a file that is none
            throw damaged(e);
        }
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
        }
    }

    private Map<String, Object> row() throws IOException {
        try {
            return rows.next();
        } catch (RuntimeException e) {
            throw damaged(e);
        }
    }

    @Override
    public Behavior next() throws LineException, IOException {
        Map<String, Object> row = row();
        number++;
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
