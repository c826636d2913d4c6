package io.dienstream.operate.bootstrap;

import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LineIds;
import io.dienstream.job.check.RecordValidator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.avro.specific.SpecificRecord;

/**
 * A log in a file as the records that the job would have made of it. A row that is no valid message
 * becomes a rejected record with its number as offset.
 *
 * @param <T> the message
 */
abstract class RecordFile<T extends SpecificRecord>
        implements Iterator<InboundRecord>, Serializable {
    private static final long serialVersionUID = 1;

    private final String path;
    private final LineIds ids;
    private final Class<T> type;
    private final InboundRecord.Kind kind;
    private final JobOptions options;
    private final long now;
    private transient LogRows<T> rows;
    private transient RecordValidator validator;
    private transient WireEncoder<T> encoder;
    private transient long number;

    /**
     * @param ids for rows that bring none
     * @param now ms; nothing may be ahead of it by more than {@code time.max-ahead}
     */
    RecordFile(
            Path file,
            LineIds ids,
            Class<T> type,
            InboundRecord.Kind kind,
            JobOptions options,
            long now) {
        this.path = file.toString();
        this.ids = ids;
        this.type = type;
        this.kind = kind;
        this.options = options;
        this.now = now;
    }

    abstract LogRows<T> open(Path file, LineIds ids) throws IOException;

    /** What is asked of a message besides what the job asks of it. */
    void require(T message) throws LineException {}

    abstract String userId(T message);

    abstract InboundRecord record(Origin origin, byte[] key, byte[] value, T message);

    private LogRows<T> rows() throws IOException {
        if (rows == null) {
            validator = new RecordValidator(options);
            encoder = new WireEncoder<>(type);
            rows = open(Path.of(path), ids);
        }
        return rows;
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
        try {
            T message;
            try {
                message = rows().next();
                require(message);
            } catch (LineException e) {
                return rejected(origin(), new Rejection(Reason.UNDECODABLE, e.getMessage()));
            }
            Origin origin = origin();
            byte[] key = userId(message).getBytes(StandardCharsets.UTF_8);
            InboundRecord record = record(origin, key, encoder.encode(message), message);
            Rejection rejection = validator.check(record);
            return rejection == null ? record : rejected(origin, rejection);
        } catch (IOException e) {
            throw unreadable(e);
        } catch (NoSuchElementException e) {
            throw new IllegalStateException("hasNext comes before next", e);
        }
    }

    private Origin origin() {
        number = rows.number();
        return new Origin(path, 0, number, now);
    }

    private UncheckedIOException unreadable(IOException e) {
        return new UncheckedIOException(
                "%s cannot be read after row %d: %s".formatted(path, number, e.getMessage()), e);
    }

    private InboundRecord rejected(Origin origin, Rejection rejection) {
        return InboundRecord.rejected(kind, origin, null, null, rejection);
    }
}
