package io.dienstream.job.savepoint;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.TimeMode;
import io.dienstream.job.state.HistoryParts;
import io.dienstream.job.state.StoredHistory;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.state.api.functions.KeyedStateBootstrapFunction;

/**
 * Writes one user's history, and the timer of its expiry, as the job's own operator would. It does
 * nothing else: Flink runs it in a thread whose failure would hang the job instead of failing it,
 * and opens it twice.
 */
final class HistoryBootstrapFunction
        extends KeyedStateBootstrapFunction<String, Tuple2<String, StoredHistory>> {
    private static final long serialVersionUID = 1;

    private final boolean eventTimeMode;
    private final long ttlMs;

    private transient HistoryParts parts;

    HistoryBootstrapFunction(JobOptions options) {
        eventTimeMode = options.get(JobOptions.TIME_MODE) == TimeMode.EVENT_TIME;
        ttlMs = options.get(JobOptions.STATE_TTL).toMillis();
    }

    @Override
    public void open(OpenContext context) {
        parts = new HistoryParts(getRuntimeContext());
    }

    @Override
    public void processElement(Tuple2<String, StoredHistory> user, Context context)
            throws Exception {
        parts.storeWhole(user.f1);
        if (ttlMs == 0) {
            return;
        }
        long expiry = user.f1.touched() + ttlMs;
        if (eventTimeMode) {
            context.timerService().registerEventTimeTimer(expiry);
        } else {
            context.timerService().registerProcessingTimeTimer(expiry);
        }
    }
}
