package io.dienstream.job.learning.quality;

import io.dienstream.evaluation.online.QualitySums;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Adds up what the users of this subtask give between two watermarks, before it goes to the few
 * subtasks that hold windows: all users' windows close with the same watermark. What it holds is
 * sent ahead of each watermark and of each checkpoint, so it needs no state.
 */
public final class PartMerger extends AbstractStreamOperator<QualityPart>
        implements OneInputStreamOperator<QualityPart, QualityPart>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    /** Sums of so many windows are some ten megabytes. */
    private static final int MOST = 1000;

    private transient Map<Place, Held> held;

    private record Place(ScoredBy by, String segment, long start) {}

    private static final class Held {
        private final QualitySums sums = new QualitySums();
        private double coverage = Double.NaN;
    }

    @Override
    public void open() throws Exception {
        super.open();
        held = new LinkedHashMap<>();
    }

    @Override
    public void processElement(StreamRecord<QualityPart> element) {
        QualityPart part = element.getValue();
        Held here =
                held.computeIfAbsent(
                        new Place(part.by(), part.segment(), part.start()), p -> new Held());
        here.sums.merge(part.sums());
        here.coverage = QualityPart.lower(here.coverage, part.coverage());
        if (held.size() >= MOST) {
            send();
        }
    }

    private void send() {
        held.forEach(
                (p, h) ->
                        output.collect(
                                new StreamRecord<>(
                                        new QualityPart(
                                                p.by(),
                                                p.segment(),
                                                p.start(),
                                                h.sums,
                                                h.coverage))));
        held.clear();
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        send();
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        send();
    }

    @Override
    public void endInput() {
        send();
    }
}
