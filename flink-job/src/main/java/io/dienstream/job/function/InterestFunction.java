package io.dienstream.job.function;

import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.metric.InterestMetrics;
import io.dienstream.job.option.Damaged;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.TimeMode;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.NewestCommands;
import io.dienstream.job.rollout.RolloutTask;
import io.dienstream.job.rollout.VersionRouter;
import io.dienstream.job.state.DamagedHistories;
import io.dienstream.job.state.KeptLength;
import io.dienstream.job.state.PassedTime;
import io.dienstream.job.state.UserExpiry;
import io.dienstream.job.state.UserHistoryState;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keyed by user: a behavior extends the history by one interest state, an erasure cuts it, a
 * request leaves with the prefix of the history at its time. In {@code latest} mode at once, in
 * {@code event-time} mode when the watermark has passed.
 */
public final class InterestFunction extends KeyedProcessFunction<String, InboundRecord, ScoringTask>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(InterestFunction.class);

    /** Side output of encoded dead letters. */
    public static final OutputTag<OutboundRecord> DEAD_LETTERS = DeadLetters.TAG;

    private final JobOptions options;
    private final List<CommandRecord> commands;
    private final NewestCommands newest;
    private final boolean eventTimeMode;
    private final long ttlMs;
    private final long latenessMs;
    private final int maxBehaviors;
    private final boolean otherFields;
    private final boolean forgetDamaged;
    private final OutputLimits limits;

    private transient PassedTime passedTime;
    private transient UserExpiry expiry;
    private transient long watermark;
    private transient RolloutTask rollout;
    private transient StoredModel stored;
    private transient UserHistoryState state;
    private transient InterestMetrics metrics;
    private transient DeadLetters deadLetters;

    /**
     * @param commands on models that were there when the job was built, by offset
     * @param newest those that are there when a task starts
     */
    public InterestFunction(
            JobOptions options,
            OutputLimits limits,
            List<CommandRecord> commands,
            NewestCommands newest) {
        this.options = options;
        this.limits = limits;
        this.commands = commands;
        this.newest = newest;
        eventTimeMode = options.get(JobOptions.TIME_MODE) == TimeMode.EVENT_TIME;
        ttlMs = options.get(JobOptions.STATE_TTL).toMillis();
        latenessMs = options.get(JobOptions.ALLOWED_LATENESS).toMillis();
        maxBehaviors = options.get(JobOptions.MAX_BEHAVIORS);
        otherFields = options.get(JobOptions.OTHER_FIELDS);
        forgetDamaged = options.get(JobOptions.DAMAGED) == Damaged.FORGET;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        passedTime = new PassedTime(context, latenessMs);
        expiry = new UserExpiry(ttlMs, context);
        rollout = new RolloutTask(options, commands, newest, ModelRegistry.shared());
        rollout.restore(context);
        stored = new StoredModel(rollout, new KeptLength(context, maxBehaviors, otherFields));
        watermark = Long.MIN_VALUE;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        passedTime.checkpoint(watermark);
        expiry.checkpoint(watermark == Long.MAX_VALUE);
        stored.checkpoint();
    }

    @Override
    public void open(OpenContext context) throws Exception {
        rollout.open(getRuntimeContext(), passedTime.restored());
        DamagedHistories damaged = new DamagedHistories(forgetDamaged);
        state = new UserHistoryState(getRuntimeContext(), stored.current(), damaged);
        expiry.open(getRuntimeContext());
        metrics =
                new InterestMetrics(
                        getRuntimeContext().getMetricGroup(), state::rebuilds, damaged::count);
        deadLetters = new DeadLetters(metrics.deadLetters, limits.deadLetters());
    }

    @Override
    public void close() {
        if (rollout != null) {
            rollout.close();
        }
    }

    /** A command on models. */
    void command(CommandRecord record, long now) throws IOException, InterruptedException {
        rollout.accept(record, eventTimeMode ? watermark : now);
    }

    /** What this task does with which version. */
    RolloutTask rollout() {
        return rollout;
    }

    /** Time has passed, whether or not there is a record or a timer that tells. */
    void passed(long mark) {
        watermark = Math.max(watermark, mark);
    }

    /**
     * Every record up to the watermark is applied: plans that have begun by then are in effect here
     * too, though no record of this task was of their time. The end of all input begins none.
     */
    void applied() throws IOException, InterruptedException {
        if (eventTimeMode && rollout.isEnabled() && watermark != Long.MAX_VALUE) {
            advance(watermark);
        }
    }

    private void advance(long time) throws IOException, InterruptedException {
        rollout.advance(time);
        if (stored.hasChanged()) {
            state.use(stored.current());
        }
    }

    /** Whether {@link #armCurrentUser} has to be called for every user there is. */
    boolean mustArmEveryone() {
        return expiry.mustArmEveryone();
    }

    /** Sets the current user's timer, from the last behavior. */
    void armCurrentUser(TimerService timers) throws IOException {
        long touched = state.touched();
        if (touched != Long.MIN_VALUE) {
            expiry.arm(touched, timers);
        }
    }

    @Override
    public void processElement(InboundRecord record, Context context, Collector<ScoringTask> out)
            throws Exception {
        TimerService timers = context.timerService();
        watermark = timers.currentWatermark();
        if (!eventTimeMode) {
            apply(record, false, context, out);
        } else if (!passedTime.includes(record.eventTime(), watermark)) {
            state.hold(record);
            timers.registerEventTimeTimer(record.eventTime());
        } else if (record.kind() == InboundRecord.Kind.BEHAVIOR) {
            reject(record, late("the watermark has passed it"), context);
        } else {
            apply(record, true, context, out);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<ScoringTask> out)
            throws Exception {
        watermark = context.timerService().currentWatermark();
        if (context.timeDomain() == TimeDomain.PROCESSING_TIME) {
            // of a release whose users expired by the clock
            armCurrentUser(context.timerService());
            return;
        }
        for (InboundRecord record : state.release(timestamp)) {
            apply(record, false, context, out);
        }
        // the end of all input sets every timer off, and nobody has been away for so long
        if (watermark != Long.MAX_VALUE && expiry.isDue(timestamp)) {
            expire(timestamp, context.timerService());
        }
    }

    /**
     * Our own failure on one record must not take the job down: the record is set aside with its
     * origin. Nothing is emitted inside the guard, so that what fails downstream still fails the
     * job, and so does a state backend that is broken.
     */
    private void apply(
            InboundRecord record, boolean late, Context context, Collector<ScoringTask> out)
            throws Exception {
        Rejection rejection = null;
        ScoringTask task = null;
        // not inside the guard: a version that cannot be had is no record's fault
        advance(eventTimeMode ? record.eventTime() : now(context));
        VersionRouter.Route route =
                record.kind() == InboundRecord.Kind.AD_REQUEST
                        ? rollout.route(record.userId(), record.eventTime())
                        : null;
        try {
            switch (record.kind()) {
                case BEHAVIOR -> rejection = addBehavior(record, context);
                case ERASURE -> erase(record, context);
                case AD_REQUEST -> task = snapshot(record, route, late);
            }
        } catch (RuntimeException e) {
            if (UserHistoryState.isBackendFailure(e)) {
                throw e;
            }
            LOG.error("a record failed, origin {}", record.origin(), e);
            rejection = Rejection.internal(e);
        }
        if (rejection != null) {
            reject(record, rejection, context);
        } else if (task != null) {
            out.collect(task);
        }
    }

    private ScoringTask snapshot(InboundRecord request, VersionRouter.Route route, boolean late)
            throws IOException {
        InterestHistory history =
                rollout.isEnabled()
                        ? state.history(route.scorer().historyModel())
                        : state.restamp();
        if (late) {
            metrics.lateRequests.inc();
        }
        return new ScoringTask(
                request, history, history.prefix(request.eventTime()), late, route.stamp());
    }

    /** Why the behavior was refused, or null. */
    private Rejection addBehavior(InboundRecord record, Context context) throws IOException {
        UserHistoryState.Applied applied = state.add(record.behavior());
        metrics.evicted.inc(applied.evicted());
        if (applied.firstOfUser()) {
            metrics.usersCreated.inc();
            expiry.arm(record.eventTime(), context.timerService());
        }
        switch (applied.outcome()) {
            case APPENDED -> metrics.appended.inc();
            case INSERTED -> metrics.inserted.inc();
            case DUPLICATE -> metrics.duplicate.inc();
            case ERASED -> metrics.erased.inc();
            case LATE -> {
                return late("its history has evicted newer ones");
            }
        }
        return null;
    }

    private void erase(InboundRecord record, Context context) throws IOException {
        boolean firstOfUser = state.erase(record.eventTime());
        metrics.usersErased.inc();
        if (firstOfUser) {
            expiry.arm(record.eventTime(), context.timerService());
        }
    }

    private static Rejection late(String why) {
        return new Rejection(Reason.LATE, "the behavior came too late: " + why);
    }

    private void reject(InboundRecord record, Rejection rejection, Context context) {
        context.output(DEAD_LETTERS, deadLetters.of(record, rejection, now(context)));
    }

    private static long now(KeyedProcessFunction<?, ?, ?>.Context context) {
        return context.timerService().currentProcessingTime();
    }

    private void expire(long timestamp, TimerService timers) throws IOException {
        long touched = state.touched();
        if (touched == Long.MIN_VALUE) {
            expiry.clear();
        } else if (expiry.isOver(touched, timestamp)) {
            state.clear();
            expiry.clear();
            metrics.usersExpired.inc();
        } else {
            expiry.arm(touched, timers);
        }
    }
}
