package io.dienstream.job.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.job.Records;
import io.dienstream.job.function.InterestFunction;
import io.dienstream.job.function.InterestOperator;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.ScoringTask;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksIterator;

/** A bit of a user's value in RocksDB has changed, and RocksDB says nothing. */
class DamagedStateTest {
    @TempDir Path directory;

    private KeyedOneInputStreamOperatorTestHarness<String, InboundRecord, ScoringTask> harness;

    private void open(String... options) throws Exception {
        harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new InterestOperator(
                                Records.options(Records.model(directory, 1), options),
                                OutputLimits.DEFAULT),
                        InboundRecord::userId,
                        Types.STRING);
        harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        harness.setup(ScoringTaskSerializer.TYPE.createSerializer(null));
        harness.open();
        for (int event = 1; event <= 2; event++) {
            harness.processElement(Records.inbound(Records.behavior("u", event, event)), event);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {HistoryParts.HISTORY, HistoryParts.TAIL})
    void theTaskFailsAndNothingComesOfTheRecord(String state) throws Exception {
        open();
        damage(state);
        assertThatThrownBy(this::request)
                .hasMessageContaining("state.damaged=forget")
                .rootCause()
                .hasMessageContaining("checksum");
        assertThat(harness.getOutput()).isEmpty();
        assertThat(harness.getSideOutput(InterestFunction.DEAD_LETTERS)).isNull();
        harness.close();
    }

    @Test
    void aBehaviorIsNotAppliedToADamagedTail() throws Exception {
        open();
        damage(HistoryParts.TAIL);
        assertThatThrownBy(
                        () ->
                                harness.processElement(
                                        Records.inbound(Records.behavior("u", 3, 3)), 3))
                .rootCause()
                .hasMessageContaining("checksum");
        harness.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {HistoryParts.HISTORY, HistoryParts.TAIL})
    void whoIsForgottenBeginsAnewAndNobodyElse(String state) throws Exception {
        open("state.damaged", "forget");
        damage(state);
        harness.processElement(Records.inbound(Records.behavior("other", 9, 9)), 9);
        assertThat(request()).isZero();
        harness.processElement(Records.inbound(Records.behavior("u", 3, 3)), 3);
        assertThat(request()).isEqualTo(1);
        harness.processElement(Records.inbound(Records.request("other", "r", 100, 2)), 100);
        assertThat(prefix()).isEqualTo(1);
        harness.close();
    }

    /** How many behaviors of the user a request sees. */
    private int request() throws Exception {
        harness.processElement(Records.inbound(Records.request("u", "r", 100, 2)), 100);
        return prefix();
    }

    private int prefix() {
        return ((ScoringTask) ((StreamRecord<?>) harness.getOutput().poll()).getValue()).prefix();
    }

    /** Changes the last bit of the only value of a state. */
    private void damage(String state) throws Exception {
        Object backend = harness.getOperator().getKeyedStateBackend();
        RocksDB database = (RocksDB) field(RocksDBKeyedStateBackend.class, "db", backend);
        Object info =
                ((Map<?, ?>) field(RocksDBKeyedStateBackend.class, "kvStateInformation", backend))
                        .get(state);
        ColumnFamilyHandle handle =
                (ColumnFamilyHandle) field(info.getClass(), "columnFamilyHandle", info);
        try (RocksIterator values = database.newIterator(handle)) {
            values.seekToFirst();
            byte[] value = values.value();
            value[value.length - 1] ^= 1;
            database.put(handle, values.key(), value);
            values.next();
            assertThat(values.isValid()).as("another value of " + state).isFalse();
        }
    }

    private static Object field(Class<?> type, String name, Object of) throws Exception {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }
}
