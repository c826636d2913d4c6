package io.dienstream.job.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.history.Behavior;
import io.dienstream.dien.history.EventKey;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.Records;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.record.ScoringTask;
import java.io.IOException;
import java.util.HexFormat;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class ScoringTaskSerializerTest {
    /**
     * In flight in an unaligned checkpoint of 0.1: request r of user u with one candidate, prefix
     * 1, late, a history of one behavior with H = 1 and state 0.5. Its first byte was the
     * request's.
     */
    private static final String RELEASED_LAYOUT_1 =
            "0101000b61642d726571756573747300000003000000000000002a0000018bcf"
                    + "e56800027547c301763b96d72356bdbd0272027592a0abfef962020e7365676d"
                    + "656e7402730000020661643004086974656d0469301063617465676f72790463"
                    + "30000280897a0655534400000000000101020100046974656d01048000000000"
                    + "00000080000000000000008000000000000000010000018bcfe5680500000000"
                    + "0000006403040369313f000000";

    private final ScoringTaskSerializer serializer = new ScoringTaskSerializer();

    private byte[] write(ScoringTask task) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(task, out);
        return out.getCopyOfBuffer();
    }

    private ScoringTask read(byte[] bytes) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        ScoringTask task = serializer.deserialize(in);
        assertThat(in.available()).isZero();
        return task;
    }

    private static ScoringTask task() {
        InterestHistory history = new InterestHistory(new String[] {"item"}, 1, 4);
        history.restore(
                new Behavior(
                        EventKey.of("e"),
                        Records.START + 5,
                        new int[] {3},
                        new byte[] {3, 'i', '1'}));
        history.setPlaced(1);
        history.states()[0] = 0.5f;
        return new ScoringTask(
                Records.inbound(Records.request("u", "r", 9, 1)),
                history,
                1,
                true,
                0x0123456789abcdefL);
    }

    private static void assertIsTheTask(ScoringTask task) {
        assertThat(task.request().adRequest()).isEqualTo(task().request().adRequest());
        assertThat(task.request().origin()).isEqualTo(task().request().origin());
        assertThat(task.prefix()).isEqualTo(1);
        assertThat(task.late()).isTrue();
        assertThat(task.history().size()).isEqualTo(1);
        assertThat(task.history().timestamp(0)).isEqualTo(Records.START + 5);
        assertThat(task.history().states()[0]).isEqualTo(0.5f);
    }

    @Test
    void carriesTheModelOfTheStates() throws IOException {
        ScoringTask read = read(write(task()));
        assertIsTheTask(read);
        assertThat(read.modelFingerprint()).isEqualTo(0x0123456789abcdefL);
    }

    @Test
    void readsWhatReleasesWithoutTheModelWrote() throws IOException {
        ScoringTask read = read(HexFormat.of().parseHex(RELEASED_LAYOUT_1));
        assertIsTheTask(read);
        assertThat(read.modelFingerprint()).isEqualTo(ScoringTask.UNTOLD);
    }

    @Test
    void carriesTheVersionThatTheTaskIsFor() throws IOException {
        ModelStamp stamp =
                new ModelStamp(7, "s3://models/b", "0".repeat(64), 3, true, Long.MAX_VALUE);
        ScoringTask task = task();
        ScoringTask read =
                read(
                        write(
                                new ScoringTask(
                                        task.request(),
                                        task.history(),
                                        task.prefix(),
                                        task.late(),
                                        stamp)));
        assertIsTheTask(read);
        assertThat(read.model()).isEqualTo(stamp);
    }

    /** Layout 2 was layout byte, fingerprint, and what comes after the stamp now. */
    @Test
    void readsWhatReleasesWithTheFingerprintAloneWrote() throws IOException {
        byte[] now = write(task());
        int stamp = 1 + 2 * Long.BYTES + 2 * Short.BYTES + 1 + Long.BYTES;
        byte[] before = new byte[now.length - stamp + 1 + Long.BYTES];
        before[0] = 2;
        System.arraycopy(now, 1, before, 1, Long.BYTES);
        System.arraycopy(now, stamp, before, 1 + Long.BYTES, now.length - stamp);
        ScoringTask read = read(before);
        assertIsTheTask(read);
        assertThat(read.model()).isEqualTo(ModelStamp.configured(0x0123456789abcdefL));
    }

    @Test
    void refusesALayoutOfTheFuture() throws IOException {
        byte[] bytes = write(task());
        bytes[0]++;
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("layout 4");
    }
}
