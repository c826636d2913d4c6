package io.dienstream.job.learning.quality;

import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.RecordType;
import io.dienstream.schema.ModelQuality;
import io.dienstream.wire.WireDecoder;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** The three operators of online quality, one behind the other. */
final class QualityHarness implements AutoCloseable {
    final KeyedOneInputStreamOperatorTestHarness<String, ScoredImpression, QualityPart> users;
    final OneInputStreamOperatorTestHarness<QualityPart, QualityPart> merger;
    final KeyedOneInputStreamOperatorTestHarness<String, QualityPart, OutboundRecord> windows;
    final List<ModelQuality> told = new ArrayList<>();

    /** Snapshots of the operators that have state. */
    record Snapshots(OperatorSubtaskState users, OperatorSubtaskState windows) {}

    QualityHarness(QualitySettings settings, Snapshots from) throws Exception {
        users =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(new UserWindowFunction(settings)),
                        s -> UserWindowFunction.key(s, settings),
                        Types.STRING);
        merger = new OneInputStreamOperatorTestHarness<>(new PartMerger());
        windows =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(new QualityWindowFunction(settings)),
                        QualityPart::key,
                        Types.STRING);
        users.setup(QualityPartSerializer.TYPE.createSerializer(null));
        merger.setup(QualityPartSerializer.TYPE.createSerializer(null));
        windows.setup(RecordType.OUTBOUND.createSerializer(null));
        if (from != null) {
            users.initializeState(from.users());
            windows.initializeState(from.windows());
        }
        users.open();
        merger.open();
        windows.open();
    }

    void process(ScoredImpression impression) throws Exception {
        users.processElement(new StreamRecord<>(impression));
        pump();
    }

    void watermark(long time) throws Exception {
        Watermark mark = new Watermark(time);
        users.processWatermark(mark);
        pump();
        merger.processWatermark(mark);
        pump();
        windows.processWatermark(mark);
        pump();
    }

    Snapshots snapshot(long id) throws Exception {
        merger.prepareSnapshotPreBarrier(id);
        pump();
        return new Snapshots(users.snapshot(id, id), windows.snapshot(id, id));
    }

    private void pump() throws Exception {
        for (QualityPart part : users.extractOutputValues()) {
            merger.processElement(new StreamRecord<>(part));
        }
        users.getOutput().clear();
        for (QualityPart part : merger.extractOutputValues()) {
            windows.processElement(new StreamRecord<>(part));
        }
        merger.getOutput().clear();
        for (OutboundRecord record : windows.extractOutputValues()) {
            told.add(WireDecoder.of(ModelQuality.class).decode(record.value()));
        }
        windows.getOutput().clear();
    }

    @Override
    public void close() throws Exception {
        users.close();
        merger.close();
        windows.close();
    }
}
