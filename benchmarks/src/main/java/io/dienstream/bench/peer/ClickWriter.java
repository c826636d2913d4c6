package io.dienstream.bench.peer;

import io.dienstream.job.metric.JobMetrics;
import io.dienstream.job.record.InboundRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Chained to the behaviors' source: pushes each to its user's list in Redis and trims that.
 * Commands are pipelined: they go when {@value #BATCH} behaviors are there, or a millisecond has
 * passed. A checkpoint waits until Redis has answered all of them.
 */
final class ClickWriter extends ProcessFunction<InboundRecord, Void>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1;
    private static final int BATCH = 64;
    private static final int IN_FLIGHT = 8_192;

    private final String artifact;
    private final int port;
    private transient RedisStore store;
    private transient RowEncoder encoder;
    private transient RawHistory histories;
    private transient Counter appended;
    private transient Semaphore room;
    private transient AtomicReference<Throwable> failure;
    private transient ScheduledExecutorService clock;
    private transient int most;
    private transient int waiting;
    private transient volatile boolean unsent;

    ClickWriter(Path artifact, int port) {
        this.artifact = artifact.toString();
        this.port = port;
    }

    @Override
    public void open(OpenContext context) throws IOException {
        encoder = new RowEncoder(Path.of(artifact));
        histories = new RawHistory(encoder.behaviorFields());
        most = encoder.model.config().maxLength();
        appended = JobMetrics.APPENDED.counterOf(getRuntimeContext().getMetricGroup());
        room = new Semaphore(IN_FLIGHT);
        failure = new AtomicReference<>();
        store = new RedisStore(port);
        store.pipeline();
        clock =
                Executors.newSingleThreadScheduledExecutor(
                        work -> {
                            Thread thread = new Thread(work, "click-writer-flush");
                            thread.setDaemon(true);
                            return thread;
                        });
        clock.scheduleAtFixedRate(this::flushLate, 1, 1, TimeUnit.MILLISECONDS);
    }

    @Override
    public void processElement(InboundRecord record, Context context, Collector<Void> out)
            throws IOException, InterruptedException {
        if (failure.get() != null) {
            throw new IOException("Redis refused a command", failure.get());
        }
        byte[] user = record.userId().getBytes(StandardCharsets.UTF_8);
        byte[] bytes =
                histories.behavior(
                        record.eventTime(), encoder.behavior(record.behavior().getFields()));
        count(store.commands().rpush(user, bytes), false);
        count(store.commands().ltrim(user, -most, -1), true);
        waiting++;
        if (waiting >= BATCH) {
            waiting = 0;
            store.flush();
        } else {
            unsent = true;
        }
    }

    /** By the clock, where no full batch comes. */
    private void flushLate() {
        if (unsent) {
            unsent = false;
            store.flush();
        }
    }

    /**
     * What Redis has answered is done. Lettuce's thread counts, or this one where the answer was
     * faster than the callback.
     */
    private void count(CompletionStage<?> command, boolean last) throws InterruptedException {
        if (!room.tryAcquire()) {
            store.flush();
            room.acquire();
        }
        var unused =
                command.whenComplete(
                        (answer, error) -> {
                            if (error != null) {
                                failure.compareAndSet(null, error);
                            } else if (last) {
                                synchronized (room) {
                                    appended.inc();
                                }
                            }
                            // last: whoever has all room then sees every failure
                            room.release();
                        });
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        // what Redis has not answered is read again from Kafka
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context)
            throws IOException, InterruptedException {
        store.flush();
        room.acquire(IN_FLIGHT);
        room.release(IN_FLIGHT);
        if (failure.get() != null) {
            throw new IOException("Redis refused a command", failure.get());
        }
    }

    @Override
    public void close() {
        if (clock != null) {
            clock.shutdownNow();
        }
        if (store != null) {
            store.close();
        }
    }
}
