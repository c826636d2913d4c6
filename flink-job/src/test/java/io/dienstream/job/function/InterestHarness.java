package io.dienstream.job.function;

import io.dienstream.job.Records;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.state.HistoryParts;
import io.dienstream.job.state.ScoringTaskSerializer;
import io.dienstream.job.state.StoredHistory;
import io.dienstream.schema.DeadLetter;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** A harness that runs the operator on the heap backend with Flink's own serialization. */
final class InterestHarness implements AutoCloseable {
    final KeyedOneInputStreamOperatorTestHarness<String, InboundRecord, ScoringTask> harness;

    InterestHarness(Path model, OperatorSubtaskState state, String... options) throws Exception {
        JobOptions parsed = Records.options(model, options);
        harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new InterestOperator(parsed, OutputLimits.DEFAULT),
                        InboundRecord::userId,
                        Types.STRING);
        harness.setup(ScoringTaskSerializer.TYPE.createSerializer(null));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
    }

    void behavior(String user, int event, long time) throws Exception {
        harness.processElement(
                Records.inbound(Records.behavior(user, event, time)), Records.START + time);
    }

    void request(String user, String id, long time) throws Exception {
        harness.processElement(
                Records.inbound(Records.request(user, id, time, 2)), Records.START + time);
    }

    void erase(String user, long time) throws Exception {
        harness.processElement(Records.erasure(user, time), Records.START + time);
    }

    void watermark(long time) throws Exception {
        harness.processWatermark(new Watermark(Records.START + time));
    }

    /** Puts a history into the state of {@code user} that no model can have made. */
    void poison(String user) throws Exception {
        harness.getOperator().setCurrentKey(user);
        harness.getOperator()
                .getKeyedStateBackend()
                .getPartitionedState(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        HistoryParts.historyDescriptor())
                .update(new StoredHistory(1, 2, null, 0));
    }

    List<ScoringTask> tasks() {
        return tasks(harness);
    }

    /** What {@code harness} has put out since it was last asked. */
    static List<ScoringTask> tasks(AbstractStreamOperatorTestHarness<ScoringTask> harness) {
        List<ScoringTask> tasks = new ArrayList<>();
        for (Object element : harness.getOutput()) {
            if (element instanceof StreamRecord<?> record) {
                tasks.add((ScoringTask) record.getValue());
            }
        }
        harness.getOutput().clear();
        return tasks;
    }

    List<DeadLetter> deadLetters() throws WireException {
        var letters = harness.getSideOutput(InterestFunction.DEAD_LETTERS);
        List<DeadLetter> decoded = new ArrayList<>();
        if (letters != null) {
            for (StreamRecord<OutboundRecord> letter : letters) {
                decoded.add(WireDecoder.of(DeadLetter.class).decode(letter.getValue().value()));
            }
            letters.clear();
        }
        return decoded;
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
