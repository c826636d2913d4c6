package io.dienstream.job.function;

import io.dienstream.job.metric.ScoringMetrics;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.Rejection;
import io.dienstream.schema.DeadLetter;
import io.dienstream.wire.WireEncoder;
import java.nio.ByteBuffer;
import org.apache.flink.util.OutputTag;

/** Makes and counts dead letters: the record as it came, where from, and why. */
final class DeadLetters {
    static final OutputTag<OutboundRecord> TAG =
            new OutputTag<>("dead-letters", RecordType.OUTBOUND);

    private final WireEncoder<DeadLetter> encoder = new WireEncoder<>(DeadLetter.class);
    private final ScoringMetrics metrics;

    DeadLetters(ScoringMetrics metrics) {
        this.metrics = metrics;
    }

    /**
     * @param now processing time, ms
     */
    OutboundRecord of(InboundRecord record, Rejection rejection, long now) {
        metrics.deadLetters(rejection.reason()).inc();
        Origin origin = record.origin();
        DeadLetter letter =
                new DeadLetter(
                        rejection.reason().code(),
                        rejection.message(),
                        origin.topic(),
                        origin.partition(),
                        origin.offset(),
                        origin.timestamp(),
                        record.key() == null ? null : ByteBuffer.wrap(record.key()),
                        record.value() == null ? null : ByteBuffer.wrap(record.value()),
                        now);
        return new OutboundRecord(record.key(), encoder.encode(letter), now);
    }
}
