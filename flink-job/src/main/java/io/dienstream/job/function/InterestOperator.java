package io.dienstream.job.function;

import io.dienstream.job.metric.ScoringMetrics;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.state.EarlyFlush;
import io.dienstream.job.state.HistoryParts;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.SimpleTimerService;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.rocksdb.RocksDBException;

/**
 * Runs {@link InterestFunction}, and has RocksDB write its buffers out shortly before the next
 * checkpoint is due, by the clock: checkpoints come at intervals, and nothing announces one. Where
 * it comes at another time (a savepoint, a pause after a slow one) it waits for its own flush.
 */
public final class InterestOperator
        extends KeyedProcessOperator<String, InboundRecord, ScoringTask> {
    private static final long serialVersionUID = 1;

    /** From one checkpoint to the flush for the next, ms; 0 for none. */
    private final long flushAfterMs;

    private transient EarlyFlush flush;
    private transient Counter flushedAhead;
    private transient ScheduledFuture<?> next;

    public InterestOperator(JobOptions options, OutputLimits limits) {
        super(new InterestFunction(options, limits));
        long interval = options.get(JobOptions.CHECKPOINT_INTERVAL).toMillis();
        long ahead = options.get(JobOptions.FLUSH_AHEAD).toMillis();
        // with less than half of the interval left to fill buffers, a flush more is no saving
        flushAfterMs = ahead == 0 || interval < 2 * ahead ? 0 : interval - ahead;
    }

    @Override
    public void open() throws Exception {
        super.open();
        flush = flushAfterMs == 0 ? null : EarlyFlush.of(getKeyedStateBackend());
        flushedAhead = ScoringMetrics.flushedAhead(getMetricGroup());
        if (interest().mustArmEveryone()) {
            armEveryone();
        }
    }

    /** The function sees time with records and timers only, and a subtask may have none of them. */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        interest().passed(mark.getTimestamp());
        super.processWatermark(mark);
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
        flush = null;
        super.close();
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }
}
