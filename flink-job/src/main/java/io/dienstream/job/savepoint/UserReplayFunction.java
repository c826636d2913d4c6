package io.dienstream.job.savepoint;

import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.artifact.ModelLease;
import io.dienstream.job.artifact.ModelRef;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.state.DamagedHistories;
import io.dienstream.job.state.KeptLength;
import io.dienstream.job.state.StoredHistory;
import io.dienstream.job.state.UserHistoryState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * In a batch job, where a user's behaviors and erasures come together: all of them in event order
 * into a history, when the last has come.
 */
final class UserReplayFunction
        extends KeyedProcessFunction<String, InboundRecord, Tuple2<String, StoredHistory>> {
    private static final long serialVersionUID = 1;

    private final ModelRef artifact;
    private final long bootstrap;
    private final int maxBehaviors;
    private final boolean otherFields;
    private final LongCounter applied = new LongCounter();
    private final LongCounter erased = new LongCounter();
    private final LongCounter users = new LongCounter();

    private transient ModelLease lease;
    private transient ListState<InboundRecord> records;
    private transient UserHistoryState state;
    private transient BootstrapProgress progress;

    UserReplayFunction(JobOptions options, long bootstrap) {
        this.bootstrap = bootstrap;
        ModelRef own = ModelRef.configured(options);
        artifact = new ModelRef(own.uri(), "", own.settings().withoutWarmUp());
        maxBehaviors = options.get(JobOptions.MAX_BEHAVIORS);
        otherFields = options.get(JobOptions.OTHER_FIELDS);
    }

    @Override
    public void open(OpenContext context) throws Exception {
        records =
                getRuntimeContext()
                        .getListState(new ListStateDescriptor<>("records", RecordType.INBOUND));
        progress = BootstrapProgress.of(bootstrap);
        lease = ModelRegistry.shared().lease(artifact, 0);
        HistoryModel model = lease.awaitScorer().historyModel();
        state =
                new UserHistoryState(
                        getRuntimeContext(),
                        model.keeping(KeptLength.of(maxBehaviors, model.maxLength(), otherFields)),
                        new DamagedHistories(false));
        getRuntimeContext().addAccumulator(HistoryBootstrap.APPLIED, applied);
        getRuntimeContext().addAccumulator(HistoryBootstrap.ERASED, erased);
        getRuntimeContext().addAccumulator(HistoryBootstrap.USERS, users);
    }

    @Override
    public void close() {
        if (lease != null) {
            lease.close();
        }
    }

    @Override
    public void processElement(
            InboundRecord record, Context context, Collector<Tuple2<String, StoredHistory>> out)
            throws Exception {
        records.add(record);
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    }

    @Override
    public void onTimer(
            long timestamp, OnTimerContext context, Collector<Tuple2<String, StoredHistory>> out)
            throws Exception {
        List<InboundRecord> inOrder = new ArrayList<>();
        records.get().forEach(inOrder::add);
        inOrder.sort(InboundRecord.EVENT_ORDER);
        for (InboundRecord record : inOrder) {
            apply(record);
        }
        out.collect(Tuple2.of(context.getCurrentKey(), state.stored()));
        users.add(1);
        progress.replayed(inOrder.size());
        records.clear();
        state.clear();
    }

    private void apply(InboundRecord record) throws IOException {
        if (record.kind() == InboundRecord.Kind.ERASURE) {
            state.erase(record.eventTime());
        } else {
            InterestHistory.Outcome outcome = state.add(record.behavior()).outcome();
            applied.add(outcome == InterestHistory.Outcome.APPENDED ? 1 : 0);
            erased.add(outcome == InterestHistory.Outcome.ERASED ? 1 : 0);
        }
    }
}
