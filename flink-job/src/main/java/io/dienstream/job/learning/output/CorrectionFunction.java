package io.dienstream.job.learning.output;

import io.dienstream.job.learning.record.JoinedCorrection;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.RecordType;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Corrections to messages. */
public final class CorrectionFunction extends ProcessFunction<JoinedCorrection, OutboundRecord> {
    private static final long serialVersionUID = 1;

    /** Side output for files: the same messages, whose time is closed_at of what they correct. */
    public static final OutputTag<OutboundRecord> FILES =
            new OutputTag<>("correction-files", RecordType.OUTBOUND);

    private final boolean hasFiles;
    private transient WireEncoder<LabelCorrection> encoder;

    /**
     * @param hasFiles whether {@link #FILES} are wanted
     */
    public CorrectionFunction(boolean hasFiles) {
        this.hasFiles = hasFiles;
    }

    @Override
    public void open(OpenContext context) {
        encoder = new WireEncoder<>(LabelCorrection.class);
    }

    @Override
    public void processElement(
            JoinedCorrection joined, Context context, Collector<OutboundRecord> out) {
        LabelCorrection correction = joined.correction();
        byte[] key = correction.getRequestId().getBytes(StandardCharsets.UTF_8);
        byte[] value = encoder.encode(correction);
        out.collect(new OutboundRecord(key, value, context.timerService().currentProcessingTime()));
        if (hasFiles) {
            context.output(FILES, new OutboundRecord(key, value, correction.getClosedAt()));
        }
    }
}
