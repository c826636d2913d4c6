package io.dienstream.job.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.EventKey;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.history.Kept;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.job.Records;
import io.dienstream.job.record.InboundRecordSerializer;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
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

    /** Layout 2, released with erasures. */
    private static final String RELEASED_LAYOUT_2 =
            RELEASED_LAYOUT_1.replaceFirst("(?<=^.{32})01", "02").replace(FLOOR, ERASED_AT_3);

    /** Layout 3: the same, once more as it is written today. */
    private static final String RELEASED_LAYOUT_3 =
            "0000000000000001"
                    + "0000000000000002"
                    + "03"
                    // length 98 and 2^34, its complement, CRC32C
                    + "e280808040"
                    + "ffffff9d"
                    + "58455a5c"
                    + "02"
                    + "00046974656d"
                    + "000863617465676f7279"
                    + "01"
                    + "04"
                    // kept at most, placed
                    + "04"
                    + "02"
                    + ERASED_AT_3
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
                    // no other fields
                    + "00"
                    + "3f000000"
                    + "c0000000";

    /** Bytes at the beginning of a value in which layout, length and checksum are. */
    private static final int HEADER = 48;

    private static final int[] ANY_CHANGE = IntStream.range(1, 256).toArray();
    private static final int[] BITS = {1, 2, 4, 8, 16, 32, 64, 128, 255};

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
        assertThat(h.eventKey(1)).isEqualTo(EventKey.ofNumber(101));
        assertThat(h.floorTimestamp()).isEqualTo(7);
        assertThat(h.floorKey()).isEqualTo(EventKey.ofNumber(8));
        assertThat(Arrays.copyOf(h.rows(), 4)).containsExactly(1, 2, 3, 4);
        assertThat(Arrays.copyOf(h.states(), 2)).containsExactly(0.5f, -2f);
        assertThat(h.erasedThrough()).isEqualTo(Long.MIN_VALUE);
        h.setErasedThrough(3);
        assertThat(HexFormat.of().formatHex(write(stored)))
                .as("written again, in today's layout")
                .isEqualTo(RELEASED_LAYOUT_3);
    }

    @Test
    void readsTheSecondLayoutAndWritesTodays() throws IOException {
        StoredHistory stored = read(HexFormat.of().parseHex(RELEASED_LAYOUT_2));
        assertThat(stored.history().erasedThrough()).isEqualTo(3);
        assertThat(HexFormat.of().formatHex(write(stored))).isEqualTo(RELEASED_LAYOUT_3);
    }

    @Test
    void readsAndWritesTodaysLayout() throws IOException {
        byte[] released = HexFormat.of().parseHex(RELEASED_LAYOUT_3);
        StoredHistory stored = read(released);
        assertThat(stored.history().erasedThrough()).isEqualTo(3);
        assertThat(stored.history().eventKey(1)).isEqualTo(EventKey.ofNumber(101));
        assertThat(write(stored)).isEqualTo(released);
    }

    /** In the header every byte is tried in each place, behind it every bit. */
    @Test
    void aDamagedByteIsAlwaysFound() throws IOException {
        StoredHistory stored = realHistory(Records.MAX_LENGTH + 3);
        refusesEveryOtherByte(serializer, stored);
        refusesEveryOtherByte(new StoredTailSerializer(), StoredTail.after(stored));
    }

    private static <T> void refusesEveryOtherByte(TypeSerializer<T> serializer, T value)
            throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        byte[] bytes = out.getCopyOfBuffer();
        for (int i = 0; i < bytes.length; i++) {
            for (int change : i < HEADER ? ANY_CHANGE : BITS) {
                bytes[i] ^= (byte) change;
                String as = "byte " + i + " of " + bytes.length + ", changed by " + change;
                assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(bytes)))
                        .as(as)
                        .isInstanceOf(IOException.class);
                bytes[i] ^= (byte) change;
            }
        }
        for (int length = 0; length < bytes.length; length++) {
            byte[] less = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(less)))
                    .as("%d of %d bytes", length, bytes.length)
                    .isInstanceOf(IOException.class);
        }
        serializer.deserialize(new DataInputDeserializer(bytes));
    }

    @Test
    void saysWhatToDoAboutADamagedValue() {
        byte[] damaged = HexFormat.of().parseHex(RELEASED_LAYOUT_3);
        damaged[damaged.length - 1] ^= 1;
        assertThatThrownBy(() -> read(damaged))
                .isInstanceOf(DamagedValueException.class)
                .hasMessageContaining("checksum is not that of its 98 bytes")
                .hasMessageContaining("Start from an earlier checkpoint or savepoint");
    }

    @Test
    void refusesALayoutOfTheFuture() {
        byte[] future = HexFormat.of().parseHex(RELEASED_LAYOUT_1);
        future[16] = 4;
        assertThatThrownBy(() -> read(future))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("layout 4");
    }

    /** With fields that the model lacks and behaviors that it does not see. */
    private StoredHistory realHistory(int behaviors) throws IOException {
        HistoryModel model = model().keeping(new Kept(12, 12, true));
        InterestHistory history = model.newHistory();
        for (int n = 0; n < behaviors; n++) {
            Behavior b = Records.behavior("u", n, 1000L * n);
            Map<String, String> fields = new HashMap<>(b.getFields());
            if (n % 2 == 0) {
                fields.put("shop", "s" + n);
            }
            String id = n % 3 == 0 ? "event-" + n : b.getEventId();
            model.add(history, model.encode(id, b.getTimestamp(), fields), model.newScratch());
        }
        return new StoredHistory(model.fingerprint(), 2, history);
    }

    private HistoryModel model() throws IOException {
        return new Scorer(ModelReader.read(Records.model(directory, 1)), new ScalarKernels())
                .historyModel();
    }

    @Test
    void keepsWhatTheModelDoesNotSee() throws IOException {
        StoredHistory stored = realHistory(3 * Records.MAX_LENGTH);
        InterestHistory read = read(write(stored)).history();
        assertThat(read.older()).isEqualTo(stored.history().older()).isPositive();
        assertThat(read.placed()).isEqualTo(3L * Records.MAX_LENGTH);
        assertThat(read.limit()).isEqualTo(12);
        for (int t = -read.older(); t < read.size(); t++) {
            assertThat(read.eventKey(t)).isEqualTo(stored.history().eventKey(t));
            assertThat(read.values(t)).isEqualTo(stored.history().values(t));
            assertThat(read.others(t).names()).isEqualTo(stored.history().others(t).names());
            assertThat(read.others(t).values()).isEqualTo(stored.history().others(t).values());
        }
    }

    @Test
    void keepsEveryBitOfARealHistory() throws IOException {
        HistoryModel model = model();
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
