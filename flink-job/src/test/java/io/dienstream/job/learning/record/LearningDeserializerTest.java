package io.dienstream.job.learning.record;

import static io.dienstream.job.learning.LearningRecords.START;
import static io.dienstream.job.learning.LearningRecords.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.learning.LearningRecords;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.Reason;
import io.dienstream.job.registry.RegistryException;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records from the wire; each is in Kafka since START. */
class LearningDeserializerTest {
    private static final Origin ORIGIN = new Origin("t", 1, 2, START);

    private LearningRecord decode(LearningRecord.Kind kind, byte[] value)
            throws RegistryException, IOException {
        LearningDeserializer deserializer = new LearningDeserializer(kind, options());
        deserializer.open(null);
        return deserializer.decode(ORIGIN, null, value);
    }

    @SuppressWarnings("unchecked")
    private static <T extends SpecificRecord> byte[] bytes(T record) {
        return new WireEncoder<>((Class<T>) record.getClass()).encode(record);
    }

    private ServedRequest served;
    private Impression impression;
    private AdClick click;

    @BeforeEach
    void validOnes() {
        served = LearningRecords.served("r", "u", 0, 2);
        impression = new Impression("r", "a", "u", START, 0, 1.0);
        click = new AdClick("c", "r", "a", "u", START);
    }

    private Reason served() throws IOException {
        var rejection = decode(LearningRecord.Kind.SERVED, bytes(served)).rejection();
        return rejection == null ? null : rejection.reason();
    }

    private Reason impression() throws IOException {
        var rejection = decode(LearningRecord.Kind.IMPRESSION, bytes(impression)).rejection();
        return rejection == null ? null : rejection.reason();
    }

    private Reason click() throws IOException {
        var rejection = decode(LearningRecord.Kind.CLICK, bytes(click)).rejection();
        return rejection == null ? null : rejection.reason();
    }

    @Test
    void validOnesPassAndComeBackFromTheirBytes() throws IOException {
        assertThat(served()).isNull();
        assertThat(impression()).isNull();
        assertThat(click()).isNull();
        LearningRecord record = decode(LearningRecord.Kind.SERVED, bytes(served));
        LearningRecordSerializer serializer = new LearningRecordSerializer();
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(record, out);
        LearningRecord back =
                serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
        assertThat(back.served()).isEqualTo(served);
        assertThat(back.origin()).isEqualTo(ORIGIN);
        assertThat(back.kind()).isEqualTo(LearningRecord.Kind.SERVED);
    }

    @Test
    void aHeartbeatIsToldApartInEveryTopic() throws IOException {
        byte[] heartbeat = LearningRecords.heartbeat(-7).value();
        for (LearningRecord.Kind kind : LearningRecord.Kind.values()) {
            LearningRecord record = decode(kind, heartbeat);
            assertThat(record.rejection()).isNull();
            assertThat(record.kind()).isEqualTo(LearningRecord.Kind.HEARTBEAT);
            assertThat(record.eventTime()).isEqualTo(START - 7);
        }
    }

    @Test
    void whatIsNoMessageOfItsTopicIsUndecodable() throws IOException {
        for (byte[] value : new byte[][] {null, {}, {1, 2, 3}}) {
            assertThat(decode(LearningRecord.Kind.CLICK, value).rejection().reason())
                    .isEqualTo(Reason.UNDECODABLE);
        }
        assertThat(decode(LearningRecord.Kind.CLICK, bytes(impression)).rejection().reason())
                .isEqualTo(Reason.UNKNOWN_SCHEMA);
        byte[] cut = bytes(served);
        assertThat(
                        decode(
                                        LearningRecord.Kind.SERVED,
                                        java.util.Arrays.copyOf(cut, cut.length - 3))
                                .rejection()
                                .reason())
                .isEqualTo(Reason.UNDECODABLE);
    }

    @Test
    void timesAheadOrBeforeAnythingAreRefused() throws IOException {
        long ahead = START + 5 * 60_000;
        impression.setTimestamp(ahead);
        assertThat(impression()).isNull();
        impression.setTimestamp(ahead + 1);
        click.setTimestamp(ahead + 1);
        served.setTimestamp(0);
        assertThat(impression()).isEqualTo(Reason.INVALID_TIME);
        assertThat(click()).isEqualTo(Reason.INVALID_TIME);
        assertThat(served()).isEqualTo(Reason.INVALID_TIME);
        LearningRecord heartbeat =
                decode(LearningRecord.Kind.CLICK, LearningRecords.heartbeat(600_000).value());
        assertThat(heartbeat.rejection().reason()).isEqualTo(Reason.INVALID_TIME);
    }

    @Test
    void idsMustBeThere() throws IOException {
        click.setClickId("");
        impression.setAdId("");
        served.setUserId("x".repeat(1025));
        assertThat(click()).isEqualTo(Reason.INVALID_ID);
        assertThat(impression()).isEqualTo(Reason.INVALID_ID);
        assertThat(served()).isEqualTo(Reason.INVALID_ID);
    }

    @Test
    void aPlaceMustBeOne() throws IOException {
        impression.setPosition(-1);
        assertThat(impression()).isEqualTo(Reason.INVALID_PLACE);
        impression.setPosition(null);
        for (double propensity : new double[] {0, 1.1, Double.NaN}) {
            impression.setPropensity(propensity);
            assertThat(impression()).isEqualTo(Reason.INVALID_PLACE);
        }
    }

    @Test
    void aServedRequestMustHoldTogether() throws IOException {
        served.setPctr(List.of(0.5f));
        assertThat(served()).isEqualTo(Reason.INVALID_SERVED);
        served.setPctr(List.of(0.5f, Float.NaN));
        assertThat(served()).isEqualTo(Reason.INVALID_SERVED);
        served.setPctr(List.of(0.5f, 0.5f));
        served.setCandidates(List.of(served.getCandidates().get(0), served.getCandidates().get(0)));
        assertThat(served()).isEqualTo(Reason.REPEATED_AD);
        served.setCandidates(List.of());
        assertThat(served()).isEqualTo(Reason.NO_CANDIDATES);
    }
}
