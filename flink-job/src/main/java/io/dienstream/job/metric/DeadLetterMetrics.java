package io.dienstream.job.metric;

import io.dienstream.job.record.Reason;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counts refused records, by reason; the same names in every operator of every job. */
public final class DeadLetterMetrics {
    private final Map<Reason, Counter> byReason = new EnumMap<>(Reason.class);
    private final Counter truncated;

    /**
     * @param operator an operator's own group
     */
    public static DeadLetterMetrics of(MetricGroup operator) {
        return new DeadLetterMetrics(operator);
    }

    private DeadLetterMetrics(MetricGroup operator) {
        truncated = JobMetrics.TRUNCATED.counterOf(operator);
        MetricGroup group = Metric.group(operator);
        for (Reason reason : Reason.values()) {
            byReason.put(
                    reason,
                    group.addGroup(JobMetrics.REASON, reason.code()).counter(JobMetrics.OF_REASON));
        }
    }

    /** The dead letters of one reason. */
    public Counter of(Reason reason) {
        return byReason.get(reason);
    }

    /** Dead letters that hold only a record's beginning. */
    public Counter truncated() {
        return truncated;
    }
}
