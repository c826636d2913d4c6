package io.dienstream.job.function;

import io.dienstream.job.metric.ScoringMetrics;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Chained to each source: valid records go on, refused ones to {@link #DEAD_LETTERS}. */
public final class AdmitFunction extends ProcessFunction<InboundRecord, InboundRecord> {
    private static final long serialVersionUID = 1;

    /** Side output of encoded dead letters, the same for every function of the job. */
    public static final OutputTag<OutboundRecord> DEAD_LETTERS = DeadLetters.TAG;

    private final OutputLimits limits;
    private transient DeadLetters deadLetters;

    public AdmitFunction(OutputLimits limits) {
        this.limits = limits;
    }

    @Override
    public void open(OpenContext context) {
        deadLetters =
                new DeadLetters(
                        new ScoringMetrics(getRuntimeContext().getMetricGroup()),
                        limits.deadLetters());
    }

    @Override
    public void processElement(
            InboundRecord record, Context context, Collector<InboundRecord> out) {
        if (record.rejection() == null) {
            out.collect(record);
        } else {
            long now = context.timerService().currentProcessingTime();
            context.output(DEAD_LETTERS, deadLetters.of(record, record.rejection(), now));
        }
    }
}
