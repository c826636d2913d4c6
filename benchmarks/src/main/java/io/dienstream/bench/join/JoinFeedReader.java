package io.dienstream.bench.join;

import io.dienstream.job.learning.record.LearningRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.core.io.InputStatus;

/** A lane: every so many-th record of its kind, when it is due. */
final class JoinFeedReader implements SourceReader<LearningRecord, NumberSequenceSplit> {
    private final LearningRecord.Kind kind;
    private final JoinRecords records;
    private final int lanes;
    private final SourceReaderContext context;
    private final JoinPace pace = JoinPace.current();
    private final CompletableFuture<Void> assigned = new CompletableFuture<>();
    private NumberSequenceSplit lane;
    private long next;
    private long time;

    /**
     * @param waitMs W
     */
    JoinFeedReader(
            LearningRecord.Kind kind, JoinPlan plan, long waitMs, SourceReaderContext context) {
        this.kind = kind;
        this.context = context;
        records = new JoinRecords(plan, waitMs);
        lanes = plan.parallelism();
    }

    @Override
    public void start() {
        context.sendSplitRequest();
    }

    @Override
    public void addSplits(List<NumberSequenceSplit> splits) {
        lane = splits.get(0);
        next = lane.from();
        time = records.time(kind, next);
        pace.starts(kind, (int) next, time);
        assigned.complete(null);
    }

    @Override
    public InputStatus pollNext(ReaderOutput<LearningRecord> output) throws InterruptedException {
        if (lane == null) {
            return InputStatus.NOTHING_AVAILABLE;
        }
        if (!pace.isDue(time)) {
            Thread.sleep(1); // a checkpoint waits no longer than that
            return InputStatus.NOTHING_AVAILABLE;
        }
        int partition = (int) lane.from();
        output.collect(records.record(kind, next, partition));
        next += lanes;
        long now = time;
        time = records.time(kind, next);
        pace.emitted(kind, partition, now, time);
        return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return assigned;
    }

    @Override
    public List<NumberSequenceSplit> snapshotState(long checkpointId) {
        return lane == null ? List.of() : List.of(lane);
    }

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
}
