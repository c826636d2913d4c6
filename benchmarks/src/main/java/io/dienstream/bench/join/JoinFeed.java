package io.dienstream.bench.join;

import io.dienstream.job.learning.record.LearningRecord;
import java.util.Collection;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * One of the three topics, in memory and without end. A lane is what a partition is in Kafka: a
 * split whose number says which records it has. It does not go on after a failure, and so the job
 * that it feeds must not either.
 */
final class JoinFeed
        implements Source<LearningRecord, NumberSequenceSplit, Collection<NumberSequenceSplit>> {
    private static final long serialVersionUID = 1;

    private final LearningRecord.Kind kind;
    private final JoinPlan plan;
    private final long waitMs;
    private final NumberSequenceSource lanes;

    /**
     * @param waitMs W
     */
    JoinFeed(LearningRecord.Kind kind, JoinPlan plan, long waitMs) {
        this.kind = kind;
        this.plan = plan;
        this.waitMs = waitMs;
        lanes = new NumberSequenceSource(0, plan.parallelism() - 1);
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<LearningRecord, NumberSequenceSplit> createReader(
            SourceReaderContext context) {
        return new JoinFeedReader(kind, plan, waitMs, context);
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> createEnumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context) {
        return lanes.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> restoreEnumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context,
            Collection<NumberSequenceSplit> checkpoint) {
        return lanes.restoreEnumerator(context, checkpoint);
    }

    @Override
    public SimpleVersionedSerializer<NumberSequenceSplit> getSplitSerializer() {
        return lanes.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Collection<NumberSequenceSplit>>
            getEnumeratorCheckpointSerializer() {
        return lanes.getEnumeratorCheckpointSerializer();
    }
}
