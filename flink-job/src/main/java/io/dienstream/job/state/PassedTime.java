package io.dienstream.job.state;

import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * How far event time has passed, across restarts. Flink restores no watermark: without this a
 * record that was too late before a crash would be in time after it, and a replay would not repeat
 * what it replays. The least of all subtasks that have seen a record counts.
 */
public final class PassedTime {
    private static final String STATE = "passed-time";

    private final ListState<Long> checkpointed;
    private long restored = Long.MIN_VALUE;

    public PassedTime(FunctionInitializationContext context) throws Exception {
        checkpointed =
                context.getOperatorStateStore()
                        .getUnionListState(
                                new ListStateDescriptor<>(STATE, LongSerializer.INSTANCE));
        if (context.isRestored()) {
            long least = Long.MAX_VALUE;
            for (long time : checkpointed.get()) {
                least = Math.min(least, time);
            }
            restored = least == Long.MAX_VALUE ? Long.MIN_VALUE : least;
        }
    }

    /** Whether {@code eventTime} has passed, under the current watermark or before a restart. */
    public boolean includes(long eventTime, long watermark) {
        return eventTime <= Math.max(watermark, restored);
    }

    /** Call before each checkpoint. */
    public void checkpoint(long watermark) throws Exception {
        long passed = Math.max(watermark, restored);
        // the end of all input is no event time: a job that starts from here has more to come
        restored = watermark == Long.MAX_VALUE ? restored : passed;
        checkpointed.clear();
        if (restored != Long.MIN_VALUE) {
            checkpointed.add(restored);
        }
    }
}
