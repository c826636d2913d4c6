package io.dienstream.job.function;

import io.dienstream.job.metric.DeadLetterMetrics;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.SourceRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Chained to each source: valid records go on, refused ones to {@link #DEAD_LETTERS}. */
public final class AdmitFunction<T extends SourceRecord> extends ProcessFunction<T, T> {
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
                        DeadLetterMetrics.of(getRuntimeContext().getMetricGroup()),
                        limits.deadLetters());
    }

    @Override
    public void processElement(T record, Context context, Collector<T> out) {
        if (record.rejection() == null) {
            out.collect(record);
        } else {
            long now = context.timerService().currentProcessingTime();
            context.output(DEAD_LETTERS, deadLetters.of(record, record.rejection(), now));
        }
    }
}
