package io.dienstream.cli.bootstrap;

import io.dienstream.cli.log.LineException;
import io.dienstream.job.check.RecordValidator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import io.dienstream.schema.Behavior;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A behavior log in a file as records: an Avro container, Parquet, or text, told apart by their
 * first bytes. A row that is no valid behavior becomes a rejected record with its number as offset.
 */
final class BehaviorFile implements Iterator<InboundRecord>, Serializable {
    private static final long serialVersionUID = 1;
    private static final byte[] AVRO = {'O', 'b', 'j', 1};
    private static final byte[] PARQUET = {'P', 'A', 'R', '1'};

    private final String path;
    private final JobOptions options;
    private final long now;
    private transient BehaviorRows rows;
    private transient RecordValidator validator;
    private transient WireEncoder<Behavior> encoder;
    private transient long number;

    /**
     * @param now ms; nothing may be ahead of it by more than {@code time.max-ahead}
     */
    BehaviorFile(Path file, JobOptions options, long now) {
        this.path = file.toString();
        this.options = options;
        this.now = now;
    }

    private BehaviorRows rows() throws IOException {
        if (rows == null) {
            validator = new RecordValidator(options);
            encoder = new WireEncoder<>(Behavior.class);
            rows = open(Path.of(path));
        }
        return rows;
    }

    private static BehaviorRows open(Path file) throws IOException {
        byte[] magic;
        try (InputStream in = Files.newInputStream(file)) {
            magic = in.readNBytes(AVRO.length);
        }
        if (Arrays.equals(magic, AVRO)) {
            return new AvroRows(file);
        }
        return Arrays.equals(magic, PARQUET) ? new ParquetRows(file) : new TextRows(file);
    }

    @Override
    public boolean hasNext() {
        try {
            boolean more = rows().hasNext();
            if (!more) {
                rows.close();
            }
            return more;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public InboundRecord next() {
        Origin origin = new Origin(path, 0, ++number, now);
        try {
            Behavior behavior = rows().next();
            byte[] key = behavior.getUserId().getBytes(StandardCharsets.UTF_8);
            byte[] value = encoder.encode(behavior);
            InboundRecord record = InboundRecord.behavior(origin, key, value, behavior);
            Rejection rejection = validator.check(record);
            return rejection == null ? record : rejected(origin, rejection);
        } catch (LineException e) {
            return rejected(origin, new Rejection(Reason.UNDECODABLE, e.getMessage()));
        } catch (IOException e) {
            throw unreadable(e);
        } catch (NoSuchElementException e) {
            throw new IllegalStateException("hasNext comes before next", e);
        }
    }

    private UncheckedIOException unreadable(IOException e) {
        return new UncheckedIOException(
                "%s cannot be read after row %d: %s".formatted(path, number, e.getMessage()), e);
    }

    private static InboundRecord rejected(Origin origin, Rejection rejection) {
        return InboundRecord.rejected(InboundRecord.Kind.BEHAVIOR, origin, null, null, rejection);
    }
}
