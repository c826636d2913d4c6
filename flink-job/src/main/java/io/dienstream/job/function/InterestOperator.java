package io.dienstream.job.function;

import io.dienstream.job.metric.JobMetrics;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.NewestCommands;
import io.dienstream.job.state.EarlyFlush;
import io.dienstream.job.state.HistoryParts;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.SimpleTimerService;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.OutputTag;
import org.rocksdb.RocksDBException;

/**
 * Runs {@link InterestFunction} on records of users, and on commands that every task gets: an
 * operator of two inputs which keeps the state, the timers and the uid that it had with one. Has
 * RocksDB write its buffers out shortly before the next checkpoint is due, by the clock:
 * checkpoints come at intervals, and nothing announces one. Where it comes at another time (a
 * savepoint, a pause after a slow one) it waits for its own flush.
 */
public final class InterestOperator extends KeyedProcessOperator<String, InboundRecord, ScoringTask>
        implements TwoInputStreamOperator<InboundRecord, CommandRecord, ScoringTask> {
    private static final long serialVersionUID = 1;

    /** Side output of encoded states of versions. */
    public static final OutputTag<OutboundRecord> MODEL_STATUS =
            new OutputTag<>("model-status", RecordType.OUTBOUND);

    /** How often the states of versions are looked at: they change in other threads. */
    private static final long STATUS_EVERY_MS = 250;

    /** From one checkpoint to the flush for the next, ms; 0 for none. */
    private final long flushAfterMs;

    private transient EarlyFlush flush;
    private transient Counter flushedAhead;
    private transient ScheduledFuture<?> next;
    private transient ScheduledFuture<?> nextStatus;

    /** One without commands. */
    public InterestOperator(JobOptions options, OutputLimits limits) {
        this(options, limits, List.of(), NewestCommands.NONE);
    }

    /**
     * @param commands on models that were there when the job was built, by offset
     * @param newest those that are there when a task starts
     */
    public InterestOperator(
            JobOptions options,
            OutputLimits limits,
            List<CommandRecord> commands,
            NewestCommands newest) {
        super(new InterestFunction(options, limits, List.copyOf(commands), newest));
        long interval = options.get(JobOptions.CHECKPOINT_INTERVAL).toMillis();
        long ahead = options.get(JobOptions.FLUSH_AHEAD).toMillis();
        // with less than half of the interval left to fill buffers, a flush more is no saving
        flushAfterMs = ahead == 0 || interval < 2 * ahead ? 0 : interval - ahead;
    }

    @Override
    public void open() throws Exception {
        super.open();
        flush = flushAfterMs == 0 ? null : EarlyFlush.of(getKeyedStateBackend());
        flushedAhead = JobMetrics.FLUSHED_AHEAD.counterOf(getMetricGroup());
        if (interest().mustArmEveryone()) {
            armEveryone();
        }
        if (interest().rollout().isEnabled()) {
            tellStatus();
        }
    }

    private void tellStatus() throws Exception {
        ProcessingTimeService clock = getProcessingTimeService();
        long now = clock.getCurrentProcessingTime();
        for (OutboundRecord status : interest().rollout().statusChanges(now)) {
            output.collect(MODEL_STATUS, new StreamRecord<>(status));
        }
        nextStatus = clock.registerTimer(now + STATUS_EVERY_MS, due -> tellStatus());
    }

    @Override
    public void processElement1(StreamRecord<InboundRecord> element) throws Exception {
        processElement(element);
    }

    @Override
    public void processElement2(StreamRecord<CommandRecord> element) throws Exception {
        interest()
                .command(element.getValue(), getProcessingTimeService().getCurrentProcessingTime());
    }

    /** The function sees time with records and timers only, and a subtask may have none of them. */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        interest().passed(mark.getTimestamp());
        super.processWatermark(mark);
        interest().applied();
    }

    private InterestFunction interest() {
        return (InterestFunction) userFunction;
    }

    /** Goes through the keys of all users once, before the first record. */
    private void armEveryone() throws Exception {
        TimerService timers =
                new SimpleTimerService(
                        getInternalTimerService(
                                "user-timers", VoidNamespaceSerializer.INSTANCE, this));
        getKeyedStateBackend()
                .applyToAllKeys(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        HistoryParts.historyDescriptor(),
                        (user, history) -> interest().armCurrentUser(timers));
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        if (flush != null) {
            cancelNext();
            ProcessingTimeService clock = getProcessingTimeService();
            next =
                    clock.registerTimer(
                            clock.getCurrentProcessingTime() + flushAfterMs, due -> flushAhead());
        }
    }

    private void flushAhead() throws RocksDBException {
        if (flush != null) {
            flush.start();
            flushedAhead.inc();
        }
    }

    /** Before the backend goes: a flush of a closed database would take the process with it. */
    @Override
    public void close() throws Exception {
        cancelNext();
        cancelStatus();
        flush = null;
        super.close();
    }

    private void cancelStatus() {
        if (nextStatus != null) {
            nextStatus.cancel(false);
            nextStatus = null;
        }
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }
}
