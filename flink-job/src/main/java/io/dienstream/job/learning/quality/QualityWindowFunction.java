package io.dienstream.job.learning.quality;

import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.schema.ModelQuality;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed by version, arm and segment: holds the sums of each window, tells them when their labels
 * are final, and once in a window's length those that have changed since, under the next revision.
 */
public final class QualityWindowFunction
        extends KeyedProcessFunction<String, QualityPart, OutboundRecord> {
    private static final long serialVersionUID = 1;

    /** A version without a new window for so many of them has gone. */
    private static final int GONE_AFTER = 3;

    private final QualitySettings settings;

    private transient MapState<Long, QualityPart> windows;
    private transient MapState<Long, Integer> revisions;

    /** Windows that have changed since they were told. */
    private transient MapState<Long, Integer> changed;

    private transient WireEncoder<ModelQuality> encoder;
    private transient QualityMetrics metrics;
    private transient Counter tooLate;

    /** By key, start of the newest window that a gauge shows. */
    private transient Map<String, Long> shown;

    public QualityWindowFunction(QualitySettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        var runtime = getRuntimeContext();
        windows =
                runtime.getMapState(
                        new MapStateDescriptor<>(
                                "windows", LongSerializer.INSTANCE, new QualityPartSerializer()));
        revisions = runtime.getMapState(ofNumbers("revisions"));
        changed = runtime.getMapState(ofNumbers("changed"));
        encoder = new WireEncoder<>(ModelQuality.class);
        metrics = new QualityMetrics(runtime.getMetricGroup());
        tooLate = QualityMetrics.TOO_LATE.counterOf(runtime.getMetricGroup());
        shown = new HashMap<>();
    }

    private static MapStateDescriptor<Long, Integer> ofNumbers(String name) {
        return new MapStateDescriptor<>(name, LongSerializer.INSTANCE, IntSerializer.INSTANCE);
    }

    @Override
    public void processElement(QualityPart part, Context context, Collector<OutboundRecord> out)
            throws Exception {
        long start = part.start();
        long now = context.timerService().currentWatermark();
        if (now >= settings.forgets(start)) {
            tooLate.inc();
            return;
        }
        QualityPart known = windows.get(start);
        QualitySums sums = new QualitySums();
        double coverage = part.coverage();
        if (known == null) {
            context.timerService().registerEventTimeTimer(settings.forgets(start));
        } else {
            sums.merge(known.sums());
            coverage = QualityPart.lower(coverage, known.coverage());
        }
        sums.merge(part.sums());
        windows.put(start, new QualityPart(part.by(), part.segment(), start, sums, coverage));
        if (!changed.contains(start)) {
            changed.put(start, 1);
            long closes = settings.closes(start);
            context.timerService()
                    .registerEventTimeTimer(now < closes ? closes : settings.tellsAgain(now));
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<OutboundRecord> out)
            throws Exception {
        List<Long> due = new ArrayList<>();
        for (Long start : changed.keys()) {
            if (settings.closes(start) <= timestamp) {
                due.add(start);
            }
        }
        due.sort(null);
        for (Long start : due) {
            changed.remove(start);
            tell(start, context, out);
        }
        hideIfGone(timestamp, context.getCurrentKey());
        long forgotten = timestamp - settings.forgets(0);
        if (settings.start(forgotten) == forgotten) {
            windows.remove(forgotten);
            revisions.remove(forgotten);
        }
    }

    private void tell(long start, OnTimerContext context, Collector<OutboundRecord> out)
            throws Exception {
        QualityPart window = windows.get(start);
        Integer last = revisions.get(start);
        int revision = last == null ? 0 : last + 1;
        revisions.put(start, revision);
        long end = start + settings.window();
        byte[] key = (window.key() + "/" + start).getBytes(StandardCharsets.UTF_8);
        out.collect(
                new OutboundRecord(
                        key, encoder.encode(QualityRecords.of(window, end, revision)), end));
        Long newest = shown.get(context.getCurrentKey());
        if (window.segment().equals(Segment.ALL) && (newest == null || newest <= start)) {
            metrics.show(window.by(), window.sums());
            shown.put(context.getCurrentKey(), start);
            context.timerService().registerEventTimeTimer(goneAt(start));
        }
    }

    private long goneAt(long start) {
        return settings.closes(start) + GONE_AFTER * settings.window();
    }

    private void hideIfGone(long timestamp, String key) throws Exception {
        Long newest = shown.get(key);
        if (newest != null && goneAt(newest) <= timestamp) {
            QualityPart window = windows.get(newest);
            if (window != null) {
                metrics.hide(window.by());
            }
            shown.remove(key);
        }
    }
}
