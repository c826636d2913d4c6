package io.dienstream.job.learning.join;

import io.dienstream.job.function.DeadLetters;
import io.dienstream.job.learning.record.JoinedCorrection;
import io.dienstream.job.learning.record.JoinedCorrectionSerializer;
import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.metric.DeadLetterMetrics;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ServedRequest;
import io.dienstream.schema.TrainingExample;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins what was served, shown and clicked, by request; docs/concepts/labels.md. Examples come out
 * when their labels are final, corrections as a side output. A request has one timer, for whatever
 * is due first, so that time alone decides, never the order in which records come.
 */
public final class LabelJoinFunction
        extends KeyedProcessFunction<String, LearningRecord, JoinedExample>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(LabelJoinFunction.class);

    /** Side output of clicks that came after their labels were final. */
    public static final OutputTag<JoinedCorrection> CORRECTIONS =
            new OutputTag<>("label-corrections", JoinedCorrectionSerializer.TYPE);

    private final JoinTimes times;
    private final int deadLetterBytes;
    private transient JoinCounts counts;
    private transient JoinMetrics metrics;
    private transient DeadLetters deadLetters;
    private transient LabelState state;
    private transient FinalLabels labels;

    /**
     * @param deadLetterBytes that a dead letter may have
     */
    public LabelJoinFunction(LearningOptions options, int deadLetterBytes) {
        times = JoinTimes.of(options);
        this.deadLetterBytes = deadLetterBytes;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        counts = new JoinCounts(context);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        counts.checkpoint();
    }

    @Override
    public void open(OpenContext context) {
        metrics = new JoinMetrics(getRuntimeContext().getMetricGroup(), counts);
        deadLetters =
                new DeadLetters(
                        DeadLetterMetrics.of(getRuntimeContext().getMetricGroup()),
                        deadLetterBytes);
        state = new LabelState(getRuntimeContext());
        labels = new FinalLabels(times, counts, metrics);
    }

    /** What this subtask has counted, for tests. */
    JoinCounts counts() {
        return counts;
    }

    /** What this subtask shows, for tests. */
    JoinMetrics metrics() {
        return metrics;
    }

    @Override
    public void processElement(LearningRecord record, Context context, Collector<JoinedExample> out)
            throws Exception {
        OpenRequest open = state.open();
        switch (record.kind()) {
            case SERVED -> served(open, record, context);
            case IMPRESSION -> {
                metrics.impressions.inc();
                counts.addWaiting(1);
                impression(open, record, context);
            }
            case CLICK -> {
                metrics.clicks.inc();
                click(open, record, context);
            }
            case HEARTBEAT -> throw new IllegalStateException("heartbeats stay at their source");
        }
        settle(open, context.timerService());
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<JoinedExample> out)
            throws Exception {
        OpenRequest open = state.open();
        open.timerAt = OpenRequest.NEVER;
        for (long due = times.due(open); due <= timestamp; due = times.due(open)) {
            if (!open.served) {
                giveUp(open, due, context);
            } else if (open.nextFinal() == due) {
                close(open, due, context, out);
            } else if (open.hasSnapshot) {
                letGo(open);
            } else {
                open.ads.forEach(labels::over);
                state.clear();
                return;
            }
        }
        settle(open, context.timerService());
    }

    /** Stores the request, and sets its timer. */
    private void settle(OpenRequest open, TimerService timers) throws Exception {
        long due = times.due(open);
        if (due == OpenRequest.NEVER) {
            state.clear();
            return;
        }
        if (due != open.timerAt) {
            if (open.timerAt != OpenRequest.NEVER) {
                timers.deleteEventTimeTimer(open.timerAt);
            }
            timers.registerEventTimeTimer(due);
            open.timerAt = due;
        }
        state.update(open);
    }

    private void served(OpenRequest open, LearningRecord record, Context context) throws Exception {
        if (open.served) {
            metrics.servedRepeated.inc();
            return;
        }
        metrics.served.inc();
        open.serve(record.served());
        state.keep(record);
        if (open.heldUntil != OpenRequest.NEVER) {
            open.heldUntil = OpenRequest.NEVER;
            for (LearningRecord before : state.takeHeldInOrder()) {
                if (before.kind() == LearningRecord.Kind.IMPRESSION) {
                    impression(open, before, context);
                } else {
                    click(open, before, context);
                }
            }
        }
    }

    private void impression(OpenRequest open, LearningRecord record, Context context)
            throws Exception {
        if (!open.served) {
            hold(open, record);
            return;
        }
        Rejection rejection = open.refusal(record);
        if (rejection != null) {
            counts.addWaiting(-1);
            metrics.impressionsRefused.inc();
            reject(record, rejection, context);
            return;
        }
        AdLabel ad = open.ad(record.adId());
        Impression impression = record.impression();
        boolean isRepeated = ad.out || ad.isImpressed();
        if (isRepeated) {
            counts.addWaiting(-1);
            metrics.impressionsRepeated.inc();
        }
        if (!ad.out && (!isRepeated || impression.getTimestamp() < ad.impressedAt)) {
            ad.show(impression, times.waitMs());
        }
    }

    private void click(OpenRequest open, LearningRecord record, Context context) throws Exception {
        if (!open.served) {
            hold(open, record);
            return;
        }
        Rejection rejection = open.refusal(record);
        if (rejection != null) {
            metrics.clicksRefused.inc();
            reject(record, rejection, context);
            return;
        }
        AdLabel ad = open.ad(record.adId());
        long time = record.click().getTimestamp();
        if (ad.isClicked()) {
            metrics.clicksRepeated.inc();
            ad.clickedAt = ad.out ? ad.clickedAt : Math.min(ad.clickedAt, time);
        } else {
            ad.clickedAt = time;
            if (ad.out) {
                correct(
                        labels.correction(
                                open, ad, record.requestId(), record.adId(), record.userId()),
                        context);
            }
        }
        if (!ad.isImpressed()) {
            ad.finalAt = ad.clickedAt + times.waitMs();
        }
    }

    /** Keeps a record whose request has not come, for as long as its label would wait. */
    private void hold(OpenRequest open, LearningRecord record) throws Exception {
        state.hold(record);
        open.heldUntil = Math.min(open.heldUntil, record.eventTime() + times.waitMs());
    }

    /** Sets aside what has waited for its request in vain. */
    private void giveUp(OpenRequest open, long due, OnTimerContext context) throws Exception {
        open.heldUntil = OpenRequest.NEVER;
        for (LearningRecord record : state.takeHeld()) {
            if (record.eventTime() + times.waitMs() > due) {
                hold(open, record);
                continue;
            }
            if (record.kind() == LearningRecord.Kind.IMPRESSION) {
                counts.addWaiting(-1);
                metrics.impressionsRefused.inc();
            } else {
                metrics.clicksRefused.inc();
            }
            reject(
                    record,
                    new Rejection(
                            Reason.UNKNOWN_REQUEST, "its request has not come within labels.wait"),
                    context);
        }
    }

    /** Emits the example of all candidates that are final at {@code due}. */
    private void close(
            OpenRequest open, long due, OnTimerContext context, Collector<JoinedExample> out)
            throws Exception {
        LearningRecord snapshot = state.snapshot();
        ServedRequest request = snapshot.served();
        TrainingExample example = null;
        try {
            example = labels.example(request, open, due);
        } catch (RuntimeException e) {
            LOG.error("an example failed, origin {}", snapshot.origin(), e);
            reject(snapshot, Rejection.internal(e), context);
        }
        if (example != null) {
            out.collect(new JoinedExample(snapshot, example));
        }
        labels.close(request, open, due, example != null).forEach(c -> correct(c, context));
        if (open.nextFinal() == OpenRequest.NEVER && due >= times.snapshotUntil(open)) {
            letGo(open);
        }
    }

    /**
     * @param correction null where the click came too late for one
     */
    private void correct(JoinedCorrection correction, Context context) {
        if (correction != null) {
            context.output(CORRECTIONS, correction);
        }
    }

    /** Nothing needs the request as it was scored any more. */
    private void letGo(OpenRequest open) throws Exception {
        open.dropSnapshot();
        state.dropSnapshot();
        if (open.ads.isEmpty()) {
            metrics.unshown.inc();
            open.served = false;
        }
    }

    private void reject(LearningRecord record, Rejection rejection, Context context) {
        long now = context.timerService().currentProcessingTime();
        context.output(DeadLetters.TAG, deadLetters.of(record, rejection, now));
    }
}
