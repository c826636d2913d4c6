package io.dienstream.job.function;

import io.dienstream.job.metric.DeadLetterMetrics;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.Rejection;
import io.dienstream.job.record.SourceRecord;
import io.dienstream.schema.DeadLetter;
import io.dienstream.wire.WireEncoder;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.apache.flink.util.OutputTag;

/** Makes and counts dead letters: the record as it came, where from, and why. */
public final class DeadLetters {
    /** Side output of encoded dead letters, the same for every function of a job. */
    public static final OutputTag<OutboundRecord> TAG =
            new OutputTag<>("dead-letters", RecordType.OUTBOUND);

    /** Of a key that is cut: more than any id that is valid by default. */
    private static final int MOST_KEY_BYTES = 4096;

    /** Of a value that is cut: what a person needs to see what it was. */
    private static final int MOST_VALUE_BYTES = 16_384;

    private final WireEncoder<DeadLetter> encoder = new WireEncoder<>(DeadLetter.class);
    private final DeadLetterMetrics metrics;
    private final int limit;

    /**
     * @param limit bytes that key and value of a dead letter may have in all
     */
    public DeadLetters(DeadLetterMetrics metrics, int limit) {
        this.metrics = metrics;
        this.limit = limit;
    }

    /**
     * One that fits: where the record as it came does not, its beginning, with length and hash of
     * the whole.
     *
     * @param now processing time, ms
     */
    public OutboundRecord of(SourceRecord record, Rejection rejection, long now) {
        metrics.of(rejection.reason()).inc();
        OutboundRecord whole = encode(record, rejection, record.key(), record.value(), false, now);
        if (!OutputLimits.exceeds(whole, limit)) {
            return whole;
        }
        metrics.truncated().inc();
        return encode(
                record,
                rejection,
                first(record.key(), MOST_KEY_BYTES),
                first(record.value(), Math.min(MOST_VALUE_BYTES, limit / 4)),
                true,
                now);
    }

    private OutboundRecord encode(
            SourceRecord record,
            Rejection rejection,
            byte[] key,
            byte[] value,
            boolean truncated,
            long now) {
        Origin origin = record.origin();
        boolean hashed = truncated && record.value() != null;
        DeadLetter letter =
                new DeadLetter(
                        rejection.reason().code(),
                        rejection.message(),
                        origin.topic(),
                        origin.partition(),
                        origin.offset(),
                        origin.timestamp(),
                        key == null ? null : ByteBuffer.wrap(key),
                        value == null ? null : ByteBuffer.wrap(value),
                        now,
                        hashed ? record.value().length : null,
                        hashed ? ByteBuffer.wrap(sha256(record.value())) : null);
        return new OutboundRecord(key, encoder.encode(letter), now);
    }

    private static byte[] first(byte[] bytes, int most) {
        return bytes == null || bytes.length <= most ? bytes : Arrays.copyOf(bytes, most);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
