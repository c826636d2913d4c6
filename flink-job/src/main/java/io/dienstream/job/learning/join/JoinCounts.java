package io.dienstream.job.learning.join;

import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * What a subtask counts of its requests and must not forget in a restart. At another parallelism
 * the sums over all subtasks stay the same, whoever has them then.
 */
final class JoinCounts {
    /** The share is of so many clicks at most: older ones count less and less. */
    private static final long MOST_CLICKS = 20_000;

    /** Of fewer clicks the share says too little to be told beside an example. */
    static final long LEAST_CLICKS = 5_000;

    private final ListState<Long> waitingState;
    private final ListState<Long> clicksState;
    private final ListState<Long> inTimeState;
    private long waiting;
    private long clicks;
    private long inTime;

    JoinCounts(FunctionInitializationContext context) throws Exception {
        waitingState = state(context, "impressions-waiting");
        clicksState = state(context, "coverage-clicks");
        inTimeState = state(context, "coverage-in-time");
        waiting = sum(waitingState);
        clicks = sum(clicksState);
        inTime = sum(inTimeState);
    }

    private static ListState<Long> state(FunctionInitializationContext context, String name)
            throws Exception {
        return context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>(name, LongSerializer.INSTANCE));
    }

    private static long sum(ListState<Long> state) throws Exception {
        long sum = 0;
        for (long part : state.get()) {
            sum += part;
        }
        return sum;
    }

    /** Call before each checkpoint. */
    void checkpoint() throws Exception {
        put(waitingState, waiting);
        put(clicksState, clicks);
        put(inTimeState, inTime);
    }

    private static void put(ListState<Long> state, long value) throws Exception {
        state.clear();
        state.add(value);
    }

    void addWaiting(int impressions) {
        waiting += impressions;
    }

    /** A first click whose impression is older than W2. */
    void settle(boolean isInTime) {
        clicks++;
        inTime += isInTime ? 1 : 0;
        if (clicks >= MOST_CLICKS) {
            clicks /= 2;
            inTime /= 2;
        }
    }

    long waiting() {
        return waiting;
    }

    long coverageClicks() {
        return clicks;
    }

    /** F(W), NaN before the first click. */
    double coverage() {
        return clicks == 0 ? Double.NaN : (double) inTime / clicks;
    }

    /** F(W) as it is told beside examples; null before it is of {@link #LEAST_CLICKS}. */
    Double knownCoverage() {
        return clicks < LEAST_CLICKS ? null : (Double) coverage();
    }
}
