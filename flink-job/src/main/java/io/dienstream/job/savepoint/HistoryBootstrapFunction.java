package io.dienstream.job.savepoint;

import io.dienstream.job.state.HistoryParts;
import io.dienstream.job.state.StoredHistory;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.state.api.functions.KeyedStateBootstrapFunction;

/**
 * Writes one user's history as the job's own operator would; the job itself sets the timers of its
 * users' expiry when it starts from there. Flink opens it twice.
 */
final class HistoryBootstrapFunction
        extends KeyedStateBootstrapFunction<String, Tuple2<String, StoredHistory>> {
    private static final long serialVersionUID = 1;

    private transient HistoryParts parts;

    @Override
    public void open(OpenContext context) {
        parts = new HistoryParts(getRuntimeContext());
    }

    @Override
    public void processElement(Tuple2<String, StoredHistory> user, Context context)
            throws Exception {
        parts.storeWhole(user.f1);
    }
}
