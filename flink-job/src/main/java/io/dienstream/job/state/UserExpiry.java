package io.dienstream.job.state;

import java.io.IOException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.streaming.api.TimerService;

/**
 * When a user is forgotten: {@code state.ttl} after the last behavior, in event time, once the
 * watermark has passed that. So what has not been worked through yet (the backlog of a downtime)
 * cannot be what a user is missed for. Each user has one timer; when it comes too early it is set
 * again from the last behavior.
 */
public final class UserExpiry {
    private static final String DUE = "expiry";
    private static final String ARMED = "expiry-armed";

    private final long ttlMs;
    private final ListState<Long> armed;
    private final boolean everyoneHasATimer;
    private ValueState<Long> due;

    /**
     * @param ttlMs 0 for never
     */
    public UserExpiry(long ttlMs, FunctionInitializationContext context) throws Exception {
        this.ttlMs = ttlMs;
        armed =
                context.getOperatorStateStore()
                        .getUnionListState(
                                new ListStateDescriptor<>(ARMED, LongSerializer.INSTANCE));
        boolean same = false;
        boolean different = false;
        if (context.isRestored()) {
            for (long ttl : armed.get()) {
                same |= ttl == ttlMs;
                different |= ttl != ttlMs;
            }
        }
        everyoneHasATimer = !context.isRestored() || (same && !different);
    }

    /** Call when the operator opens. */
    public void open(RuntimeContext context) {
        due = context.getState(new ValueStateDescriptor<>(DUE, LongSerializer.INSTANCE));
    }

    /**
     * Whether there may be users without a timer for today's {@code state.ttl}: the state comes
     * from a job without it, with another, from a bootstrap, or from the end of all input, which
     * has set every timer off.
     */
    public boolean mustArmEveryone() {
        return ttlMs > 0 && !everyoneHasATimer;
    }

    /**
     * Sets the timer of the current user.
     *
     * @param lastBehavior event time, ms
     */
    public void arm(long lastBehavior, TimerService timers) throws IOException {
        if (ttlMs > 0) {
            long time = lastBehavior + ttlMs;
            due.update(time);
            timers.registerEventTimeTimer(time);
        }
    }

    /** Whether a timer at {@code timestamp} is the current user's. */
    public boolean isDue(long timestamp) throws IOException {
        if (ttlMs == 0) {
            return false;
        }
        Long time = due.value();
        return time != null && time == timestamp;
    }

    /** Whether a user without behaviors since {@code lastBehavior} is forgotten at {@code time}. */
    public boolean isOver(long lastBehavior, long time) {
        return lastBehavior + ttlMs <= time;
    }

    /** The current user has no timer any more. */
    public void clear() {
        due.clear();
    }

    /**
     * Call before each checkpoint.
     *
     * @param endOfTime whether the end of all input has set timers off that were not due
     */
    public void checkpoint(boolean endOfTime) throws Exception {
        armed.clear();
        if (ttlMs > 0 && !endOfTime) {
            armed.add(ttlMs);
        }
    }
}
