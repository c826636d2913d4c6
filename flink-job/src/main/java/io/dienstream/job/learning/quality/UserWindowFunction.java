package io.dienstream.job.learning.quality;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed by user and window: collects a user's impressions until their labels are final, tells what
 * they give, and what a later click changes. They are kept until no click can come, 100 to 200
 * bytes for each version that scored an impression.
 */
public final class UserWindowFunction
        extends KeyedProcessFunction<String, ScoredImpression, QualityPart> {
    private static final long serialVersionUID = 1;
    private static final String STATE = "scored-impressions";

    private final QualitySettings settings;

    private transient ListState<ScoredImpression> impressions;

    /**
     * Whether this window's parts were told: after a restart the watermark says nothing until it
     * comes, and what was told must not be told as a whole again.
     */
    private transient ValueState<Boolean> told;

    private transient Counter tooLate;

    public UserWindowFunction(QualitySettings settings) {
        this.settings = settings;
    }

    /** The key of a user's window. */
    static String key(ScoredImpression impression, QualitySettings settings) {
        return settings.start(impression.impressedAt()) + "/" + impression.userId();
    }

    private static long start(String key) {
        return Long.parseLong(key.substring(0, key.indexOf('/')));
    }

    @Override
    public void open(OpenContext context) {
        impressions =
                getRuntimeContext()
                        .getListState(
                                new ListStateDescriptor<>(STATE, new ScoredImpressionSerializer()));
        told =
                getRuntimeContext()
                        .getState(new ValueStateDescriptor<>("told", BooleanSerializer.INSTANCE));
        tooLate = QualityMetrics.TOO_LATE.counterOf(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(ScoredImpression s, Context context, Collector<QualityPart> out)
            throws Exception {
        long start = settings.start(s.impressedAt());
        long now = context.timerService().currentWatermark();
        if (now >= settings.forgets(start)) {
            tooLate.inc();
            return;
        }
        context.timerService().registerEventTimeTimer(settings.forgets(start));
        if (told.value() == null && now < settings.closes(start)) {
            impressions.add(s.withoutUser());
            context.timerService().registerEventTimeTimer(settings.closes(start));
            return;
        }
        List<ScoredImpression> known = known();
        List<QualityPart> before = UserWindow.parts(known, start);
        known.add(s.withoutUser());
        impressions.add(s.withoutUser());
        UserWindow.change(before, UserWindow.parts(known, start)).forEach(out::collect);
        told.update(true);
    }

    private List<ScoredImpression> known() throws Exception {
        List<ScoredImpression> known = new ArrayList<>();
        for (ScoredImpression s : impressions.get()) {
            known.add(s);
        }
        return known;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<QualityPart> out)
            throws Exception {
        long start = start(context.getCurrentKey());
        if (timestamp == settings.closes(start)) {
            UserWindow.parts(known(), start).forEach(out::collect);
            told.update(true);
        }
        if (timestamp == settings.forgets(start)) {
            impressions.clear();
            told.clear();
        }
    }
}
