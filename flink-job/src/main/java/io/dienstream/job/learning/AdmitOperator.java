package io.dienstream.job.learning;

import io.dienstream.job.function.AdmitFunction;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.metric.LearningMetrics;
import io.dienstream.job.record.OutputLimits;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Chained to each source: valid records go on, refused ones to the dead letters, heartbeats have
 * done their work at the source. Shows how far its topic holds time back: an operator sees the
 * watermarks, which a function does not.
 */
final class AdmitOperator extends ProcessOperator<LearningRecord, LearningRecord> {
    private static final long serialVersionUID = 1;

    private final String topic;
    private transient long openedAt;
    private transient volatile long mark;

    /**
     * @param topic that its source reads
     * @param limits of dead letters
     */
    AdmitOperator(String topic, OutputLimits limits) {
        super(new AdmitFunction<>(limits));
        this.topic = topic;
    }

    @Override
    public void open() throws Exception {
        super.open();
        openedAt = now();
        mark = Long.MIN_VALUE;
        LearningMetrics.behind(getMetricGroup(), topic, this::behindMs);
    }

    /** Since this operator was opened, where the topic has told no time since then. */
    long behindMs() {
        long reached = mark;
        if (reached == Long.MAX_VALUE) {
            return 0;
        }
        return now() - (reached == Long.MIN_VALUE ? openedAt : reached);
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void processElement(StreamRecord<LearningRecord> element) throws Exception {
        LearningRecord record = element.getValue();
        if (record.kind() != LearningRecord.Kind.HEARTBEAT || record.rejection() != null) {
            super.processElement(element);
        }
    }

    @Override
    public void processWatermark(Watermark watermark) throws Exception {
        mark = watermark.getTimestamp();
        super.processWatermark(watermark);
    }
}
