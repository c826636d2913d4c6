package io.dienstream.job.savepoint;

import io.dienstream.dien.history.EventKey;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.artifact.ArtifactSource;
import io.dienstream.job.artifact.SharedScorers;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.TimeMode;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.state.StoredHistory;
import io.dienstream.job.state.UserHistoryState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * In a batch job, where a user's behaviors come together: all of them in event order into a
 * history, when the last has come.
 */
final class UserReplayFunction
        extends KeyedProcessFunction<String, InboundRecord, Tuple2<String, StoredHistory>> {
    private static final long serialVersionUID = 1;
    private static final Comparator<InboundRecord> EVENT_ORDER =
            Comparator.comparingLong(InboundRecord::eventTime)
                    .thenComparingLong(r -> EventKey.of(r.id()))
                    .thenComparing(InboundRecord::id);

    private final ArtifactSource artifact;
    private final boolean eventTimeMode;
    private final LongCounter applied = new LongCounter();
    private final LongCounter users = new LongCounter();

    private transient boolean acquired;
    private transient ListState<InboundRecord> behaviors;
    private transient UserHistoryState state;

    UserReplayFunction(JobOptions options) {
        artifact = ArtifactSource.of(options);
        eventTimeMode = options.get(JobOptions.TIME_MODE) == TimeMode.EVENT_TIME;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        behaviors =
                getRuntimeContext()
                        .getListState(new ListStateDescriptor<>("behaviors", RecordType.INBOUND));
        state =
                new UserHistoryState(
                        getRuntimeContext(), SharedScorers.acquire(artifact).historyModel());
        acquired = true;
        getRuntimeContext().addAccumulator(HistoryBootstrap.APPLIED, applied);
        getRuntimeContext().addAccumulator(HistoryBootstrap.USERS, users);
    }

    @Override
    public void close() {
        if (acquired) {
            SharedScorers.release(artifact);
        }
    }

    @Override
    public void processElement(
            InboundRecord behavior, Context context, Collector<Tuple2<String, StoredHistory>> out)
            throws Exception {
        behaviors.add(behavior);
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    }

    @Override
    public void onTimer(
            long timestamp, OnTimerContext context, Collector<Tuple2<String, StoredHistory>> out)
            throws Exception {
        List<InboundRecord> inOrder = new ArrayList<>();
        behaviors.get().forEach(inOrder::add);
        inOrder.sort(EVENT_ORDER);
        long now = context.timerService().currentProcessingTime();
        for (InboundRecord behavior : inOrder) {
            long touched = eventTimeMode ? behavior.eventTime() : now;
            InterestHistory.Outcome outcome = state.add(behavior.behavior(), touched).outcome();
            applied.add(outcome == InterestHistory.Outcome.APPENDED ? 1 : 0);
        }
        out.collect(Tuple2.of(context.getCurrentKey(), state.stored()));
        users.add(1);
        behaviors.clear();
        state.clear();
    }
}
