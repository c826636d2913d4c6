package io.dienstream.cli.bootstrap;

import io.dienstream.cli.log.ErasureLog;
import io.dienstream.cli.log.LineException;
import io.dienstream.cli.log.LogFiles;
import io.dienstream.job.check.RecordValidator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import io.dienstream.schema.Erasure;
import io.dienstream.wire.WireEncoder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;

/** Erasures in a file, JSON lines, as records; a line that is none becomes a rejected record. */
final class ErasureFile implements Iterator<InboundRecord>, Serializable {
    private static final long serialVersionUID = 1;

    private final String path;
    private final JobOptions options;
    private final long now;
    private transient BufferedReader reader;
    private transient RecordValidator validator;
    private transient WireEncoder<Erasure> encoder;
    private transient String line;
    private transient long number;

    /**
     * @param now ms; nothing may be ahead of it by more than {@code time.max-ahead}
     */
    ErasureFile(Path file, JobOptions options, long now) {
        this.path = file.toString();
        this.options = options;
        this.now = now;
    }

    @Override
    public boolean hasNext() {
        try {
            if (reader == null) {
                reader = LogFiles.open(Path.of(path));
                validator = new RecordValidator(options);
                encoder = new WireEncoder<>(Erasure.class);
            }
            if (line == null) {
                line = reader.readLine();
                number++;
            }
            if (line == null) {
                reader.close();
            }
            return line != null;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "%s cannot be read after row %d: %s".formatted(path, number, e.getMessage()),
                    e);
        }
    }

    @Override
    public InboundRecord next() {
        Origin origin = new Origin(path, 0, number, now);
        String current = line;
        line = null;
        Rejection rejection;
        try {
            Erasure erasure = ErasureLog.parse(current, number);
            byte[] key = erasure.getUserId().getBytes(StandardCharsets.UTF_8);
            InboundRecord record =
                    InboundRecord.erasure(origin, key, encoder.encode(erasure), erasure);
            rejection = validator.check(record);
            if (rejection == null) {
                return record;
            }
        } catch (LineException e) {
            rejection = new Rejection(Reason.UNDECODABLE, e.getMessage());
        }
        return InboundRecord.rejected(InboundRecord.Kind.ERASURE, origin, null, null, rejection);
    }
}
