package io.dienstream.job.savepoint;

import io.dienstream.job.state.StoredHistory;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.core.fs.Path;
import org.apache.flink.state.api.output.operators.KeyedStateBootstrapOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.function.RunnableWithException;

/**
 * Flink's operator that writes keyed state of a savepoint, with every failure of it told to {@link
 * BootstrapProgress} before the thread ends in which Flink runs it.
 */
final class HistoryWriter
        extends KeyedStateBootstrapOperator<String, Tuple2<String, StoredHistory>> {
    private static final long serialVersionUID = 1;

    /** What Flink itself numbers the checkpoint of a new savepoint with. */
    private static final long CHECKPOINT = 0;

    private final long bootstrap;

    HistoryWriter(long timestamp, Path savepoint, long bootstrap) {
        super(CHECKPOINT, timestamp, savepoint, new HistoryBootstrapFunction());
        this.bootstrap = bootstrap;
    }

    @Override
    public void open() throws Exception {
        told(super::open);
    }

    @Override
    @SuppressWarnings("rawtypes") // as Flink declares it
    public void setKeyContextElement1(StreamRecord record) throws Exception {
        told(() -> super.setKeyContextElement1(record));
    }

    @Override
    public void processElement(StreamRecord<Tuple2<String, StoredHistory>> user) throws Exception {
        told(() -> super.processElement(user));
    }

    @Override
    public void endInput() throws Exception {
        told(super::endInput);
        BootstrapProgress.of(bootstrap).completed();
    }

    private void told(RunnableWithException step) throws Exception {
        try {
            step.run();
        } catch (Throwable e) {
            BootstrapProgress.of(bootstrap).failed(e);
            throw e;
        }
    }
}
