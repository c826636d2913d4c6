package io.dienstream.job.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.Records;
import io.dienstream.job.function.InterestOperator;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.ScoringTask;
import java.nio.file.Path;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints every half minute, so a flush is due 29.5 s after each. */
class EarlyFlushTest {
    private static final long DUE = 29_500;

    @TempDir Path directory;

    private KeyedOneInputStreamOperatorTestHarness<String, InboundRecord, ScoringTask> harness;
    private EarlyFlush flush;
    private Path model;
    private int events;

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void buffersAreWrittenOutJustAheadOfACheckpoint() throws Exception {
        open(new EmbeddedRocksDBStateBackend());
        behavior();
        assertThat(flush.buffered()).isPositive();
        harness.prepareSnapshotPreBarrier(1);
        harness.setProcessingTime(DUE - 1);
        assertThat(flush.buffered()).isPositive();
        harness.setProcessingTime(DUE);
        assertThat(flush.buffered()).isZero();
    }

    @Test
    void whatWasWrittenOutIsStillTheState() throws Exception {
        open(new EmbeddedRocksDBStateBackend());
        behavior();
        behavior();
        harness.prepareSnapshotPreBarrier(1);
        harness.setProcessingTime(DUE);
        behavior();
        assertThat(prefix()).isEqualTo(3);
    }

    /** One that is not followed by a checkpoint is not repeated. */
    @Test
    void eachCheckpointSetsTheNextFlush() throws Exception {
        open(new EmbeddedRocksDBStateBackend());
        behavior();
        harness.prepareSnapshotPreBarrier(1);
        harness.setProcessingTime(5_000);
        harness.prepareSnapshotPreBarrier(2);
        harness.setProcessingTime(5_000 + DUE - 1);
        assertThat(flush.buffered()).isPositive();
        harness.setProcessingTime(60_000);
        assertThat(flush.buffered()).isZero();
        behavior();
        harness.setProcessingTime(120_000);
        assertThat(flush.buffered()).isPositive();
    }

    /** 500 ms ahead of one every 600 would be a checkpoint and a half's work for each. */
    @Test
    void offIsOffAndSoAreShortIntervals() throws Exception {
        for (String[] options :
                new String[][] {
                    {"checkpoint.flush-ahead", "0s"},
                    {"checkpoint.interval", "600ms"},
                    {"checkpoint.interval", "0s"}
                }) {
            open(new EmbeddedRocksDBStateBackend(), options);
            behavior();
            harness.prepareSnapshotPreBarrier(1);
            harness.setProcessingTime(60_000);
            assertThat(flush.buffered()).isPositive();
            harness.close();
        }
    }

    @Test
    void theHeapHasNothingToWriteOut() throws Exception {
        open(new HashMapStateBackend());
        assertThat(flush).isNull();
        behavior();
        harness.prepareSnapshotPreBarrier(1);
        harness.setProcessingTime(60_000);
        assertThat(prefix()).isEqualTo(1);
    }

    private void open(StateBackend backend, String... options) throws Exception {
        if (model == null) {
            model = Records.model(directory, 1);
        }
        harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new InterestOperator(Records.options(model, options), OutputLimits.DEFAULT),
                        InboundRecord::userId,
                        Types.STRING);
        harness.setStateBackend(backend);
        harness.setup(ScoringTaskSerializer.TYPE.createSerializer(null));
        harness.open();
        flush = EarlyFlush.of(harness.getOperator().getKeyedStateBackend());
    }

    private void behavior() throws Exception {
        int event = ++events;
        harness.processElement(Records.inbound(Records.behavior("u1", event, event)), event);
    }

    /** Behaviors that a request sees now. */
    private int prefix() throws Exception {
        long now = ++events;
        harness.processElement(Records.inbound(Records.request("u1", "r1", now, 2)), now);
        return ((ScoringTask) ((StreamRecord<?>) harness.getOutput().poll()).getValue()).prefix();
    }
}
