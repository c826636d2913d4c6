package io.dienstream.job.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.job.Records;
import io.dienstream.job.record.InboundRecordSerializer;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredHistorySerializerTest {
    /**
     * Layout 1, released with 0.1: two behaviors (i1, c1) and (i2, c2) of a model with H = 1, L =
     * 4, states 0.5 and -2, floor (7, 8), fingerprint 1, touched 2.
     */
    private static final String RELEASED_LAYOUT_1 =
            "0000000000000001"
                    + "0000000000000002"
                    + "01"
                    + "02"
                    + "00046974656d"
                    + "000863617465676f7279"
                    + "01"
                    + "04"
                    + "0000000000000007"
                    + "0000000000000008"
                    + "02"
                    + "000000000000000a"
                    + "05"
                    + "0000000000000064"
                    + "0000000000000065"
                    + "01020304"
                    + "07"
                    + "036931036331"
                    + "07"
                    + "036932036332"
                    + "3f000000"
                    + "c0000000";

    private static final String FLOOR = "00000000000000070000000000000008";
    private static final String ERASED_AT_3 = FLOOR + "0000000000000003";
    private static final String NEVER_ERASED = FLOOR + "8000000000000000";
    private static final String RELEASED_LAYOUT_2 =
            RELEASED_LAYOUT_1.replaceFirst("(?<=^.{32})01", "02").replace(FLOOR, ERASED_AT_3);

    @TempDir private Path directory;

    private final StoredHistorySerializer serializer = new StoredHistorySerializer();

    private byte[] write(StoredHistory stored) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(stored, out);
        return out.getCopyOfBuffer();
    }

    private StoredHistory read(byte[] bytes) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        StoredHistory stored = serializer.deserialize(in);
        assertThat(in.available()).isZero();
        return stored;
    }

    @Test
    void readsTheFirstLayout() throws IOException {
        byte[] released = HexFormat.of().parseHex(RELEASED_LAYOUT_1);
        StoredHistory stored = read(released);
        assertThat(stored.modelFingerprint()).isEqualTo(1);
        assertThat(stored.touched()).isEqualTo(2);
        InterestHistory h = stored.history();
        assertThat(h.size()).isEqualTo(2);
        assertThat(h.fieldNames()).containsExactly("item", "category");
        assertThat(h.timestamp(1)).isEqualTo(15);
        assertThat(h.eventKey(1)).isEqualTo(101);
        assertThat(h.floorTimestamp()).isEqualTo(7);
        assertThat(h.floorKey()).isEqualTo(8);
        assertThat(Arrays.copyOf(h.rows(), 4)).containsExactly(1, 2, 3, 4);
        assertThat(Arrays.copyOf(h.states(), 2)).containsExactly(0.5f, -2f);
        assertThat(h.erasedThrough()).isEqualTo(Long.MIN_VALUE);
        assertThat(HexFormat.of().formatHex(write(stored)))
                .as("written again, in today's layout")
                .isEqualTo(RELEASED_LAYOUT_2.replace(ERASED_AT_3, NEVER_ERASED));
    }

    @Test
    void readsAndWritesTodaysLayout() throws IOException {
        byte[] released = HexFormat.of().parseHex(RELEASED_LAYOUT_2);
        StoredHistory stored = read(released);
        assertThat(stored.history().erasedThrough()).isEqualTo(3);
        assertThat(stored.history().eventKey(1)).isEqualTo(101);
        assertThat(write(stored)).isEqualTo(released);
    }

    @Test
    void refusesALayoutOfTheFuture() {
        byte[] future = HexFormat.of().parseHex(RELEASED_LAYOUT_1);
        future[16] = 3;
        assertThatThrownBy(() -> read(future))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("layout 3");
    }

    @Test
    void keepsEveryBitOfARealHistory() throws IOException {
        HistoryModel model =
                new Scorer(ModelReader.read(Records.model(directory, 1)), new ScalarKernels())
                        .historyModel();
        InterestHistory history = model.newHistory();
        for (int n = 0; n < 3 * Records.MAX_LENGTH; n++) {
            Behavior b = Records.behavior("u", n, 1000L * n);
            model.add(
                    history,
                    model.encode(b.getEventId(), b.getTimestamp(), b.getFields()),
                    model.newScratch());
            StoredHistory stored = new StoredHistory(model.fingerprint(), n, history);
            byte[] bytes = write(stored);
            assertThat(write(read(bytes))).isEqualTo(bytes);
            assertThat(write(serializer.copy(stored))).isEqualTo(bytes);
        }
    }

    /** What Flink asks before the first record: so a release that is behind does not start. */
    @Test
    void aLayoutOfTheFutureIsRefusedWhenTheJobRestores() throws IOException {
        for (TypeSerializerSnapshot<?> snapshot :
                List.of(
                        new StoredHistorySerializer().snapshotConfiguration(),
                        new StoredTailSerializer().snapshotConfiguration(),
                        new InboundRecordSerializer().snapshotConfiguration())) {
            DataInputDeserializer nothing = new DataInputDeserializer();
            int today = snapshot.getCurrentVersion();
            assertThat(today).as("releases that did not tell it refuse it").isGreaterThan(3);
            snapshot.readSnapshot(3, nothing, getClass().getClassLoader());
            snapshot.readSnapshot(today, nothing, getClass().getClassLoader());
            assertThatThrownBy(
                            () ->
                                    snapshot.readSnapshot(
                                            today + 1, nothing, getClass().getClassLoader()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("written by a newer release");
        }
    }
}
