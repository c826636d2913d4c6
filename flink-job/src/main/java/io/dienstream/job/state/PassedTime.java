package io.dienstream.job.state;

import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * How far event time has passed, across restarts. Flink restores no watermark: without this a
 * record that was too late before a crash would be in time after it, and a replay would not repeat
 * what it replays. The least of all subtasks that have seen a record counts. What is kept is the
 * newest event time, so that a restart under another {@code time.allowed-lateness} goes by that.
 */
public final class PassedTime {
    /** The watermark, as releases before kept it and still read it. */
    private static final String STATE = "passed-time";

    private static final String NEWEST = "newest-time";

    private final ListState<Long> watermarks;
    private final ListState<Long> newest;
    private final long latenessMs;
    private long restored = Long.MIN_VALUE;

    public PassedTime(FunctionInitializationContext context, long latenessMs) throws Exception {
        this.latenessMs = latenessMs;
        watermarks = list(context, STATE);
        newest = list(context, NEWEST);
        if (context.isRestored()) {
            long time = least(newest);
            restored = time == Long.MIN_VALUE ? least(watermarks) : time - latenessMs;
        }
    }

    private static ListState<Long> list(FunctionInitializationContext context, String name)
            throws Exception {
        return context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(name, LongSerializer.INSTANCE));
    }

    private static long least(ListState<Long> times) throws Exception {
        long least = Long.MAX_VALUE;
        for (long time : times.get()) {
            least = Math.min(least, time);
        }
        return least == Long.MAX_VALUE ? Long.MIN_VALUE : least;
    }

    /** Whether {@code eventTime} has passed, under the current watermark or before a restart. */
    public boolean includes(long eventTime, long watermark) {
        return eventTime <= Math.max(watermark, restored);
    }

    /** How far it had passed before a restart, ms; Long.MIN_VALUE where there was none. */
    public long restored() {
        return restored;
    }

    /** Call before each checkpoint. */
    public void checkpoint(long watermark) throws Exception {
        long passed = Math.max(watermark, restored);
        // the end of all input is no event time: a job that starts from here has more to come
        restored = watermark == Long.MAX_VALUE ? restored : passed;
        watermarks.clear();
        newest.clear();
        if (restored != Long.MIN_VALUE) {
            watermarks.add(restored);
            newest.add(restored + latenessMs);
        }
    }
}
