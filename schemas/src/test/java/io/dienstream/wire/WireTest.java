package io.dienstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class WireTest {
    private static final Behavior BEHAVIOR =
            new Behavior("7", "u1", 1_700_000_000_000L, Map.of("item", "B1", "category", "类目"));

    private static byte[] encoded() {
        return new WireEncoder<>(Behavior.class).encode(BEHAVIOR);
    }

    @Test
    void readsWhatItWrote() throws WireException {
        assertThat(WireDecoder.of(Behavior.class).decode(encoded())).isEqualTo(BEHAVIOR);
        AdRequest request =
                new AdRequest(
                        "r1",
                        "u1",
                        1L,
                        Map.of("age", "3"),
                        Map.of(),
                        List.of(new Candidate("a", Map.of(), Pricing.CPA, 5L, "EUR", 0.25)));
        byte[] message = new WireEncoder<>(AdRequest.class).encode(request);
        assertThat(WireDecoder.of(AdRequest.class).decode(message)).isEqualTo(request);
    }

    @Test
    void everyTodaysSchemaIsReleasedAndCompatibleBothWaysWithEveryRelease() {
        for (Schema today : ReleaseSchemas.TODAY) {
            List<Schema> released = ReleasedSchemas.of(today.getName());
            assertThat(released).as(today.getName()).isNotEmpty();
            assertThat(released.stream().map(SchemaNormalization::parsingFingerprint64))
                    .as("run the schema release of CONTRIBUTING.md for " + today.getName())
                    .contains(SchemaNormalization.parsingFingerprint64(today));
            for (Schema old : released) {
                assertThat(compatibility(today, old)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
                assertThat(compatibility(old, today)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            }
        }
    }

    private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType();
    }

    /** A producer of tomorrow adds an optional field; today's reader knows that release. */
    @Test
    void readsAMessageOfAnotherReleaseByResolution() throws Exception {
        Schema tomorrow = withOptionalField(Behavior.getClassSchema());
        GenericRecord record = new GenericData.Record(tomorrow);
        record.put("event_id", "7");
        record.put("user_id", "u1");
        record.put("timestamp", 1_700_000_000_000L);
        record.put("fields", Map.of("item", "B1", "category", "类目"));
        record.put("device", "phone");
        ByteBuffer message =
                new BinaryMessageEncoder<GenericRecord>(GenericData.get(), tomorrow).encode(record);
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        assertThat(new WireDecoder<>(Behavior.class, List.of(tomorrow)).decode(bytes))
                .isEqualTo(BEHAVIOR);
        assertThatThrownBy(() -> WireDecoder.of(Behavior.class).decode(bytes))
                .isInstanceOf(WireException.class)
                .extracting(e -> ((WireException) e).problem())
                .isEqualTo(WireException.Problem.UNKNOWN_SCHEMA);
    }

    private static Schema withOptionalField(Schema schema) {
        List<Schema.Field> fields = new ArrayList<>();
        schema.getFields().forEach(f -> fields.add(new Schema.Field(f, f.schema())));
        Schema optional =
                Schema.createUnion(
                        Schema.create(Schema.Type.NULL), Schema.create(Schema.Type.STRING));
        fields.add(new Schema.Field("device", optional, null, Schema.Field.NULL_DEFAULT_VALUE));
        return Schema.createRecord(
                schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
    }

    @Test
    void refusesWhatIsNoMessage() {
        WireDecoder<Behavior> decoder = WireDecoder.of(Behavior.class);
        byte[] good = encoded();
        byte[] longer = Arrays.copyOf(good, good.length + 1);
        byte[] shorter = Arrays.copyOf(good, good.length - 1);
        for (byte[] bad :
                new byte[][] {
                    null,
                    {},
                    {1, 2, 3},
                    "{}".repeat(9).getBytes(StandardCharsets.UTF_8),
                    longer,
                    shorter
                }) {
            assertThatThrownBy(() -> decoder.decode(bad))
                    .isInstanceOf(WireException.class)
                    .extracting(e -> ((WireException) e).problem())
                    .isEqualTo(WireException.Problem.UNDECODABLE);
        }
    }

    /** Every byte of a valid message changed at random: decoded or refused, nothing else. */
    @Test
    void survivesMutatedMessages() throws WireException {
        WireDecoder<Behavior> decoder = WireDecoder.of(Behavior.class);
        byte[] good = encoded();
        Random random = new Random(20261124);
        Map<String, Integer> outcomes = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            byte[] bad = good.clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                bad[10 + random.nextInt(bad.length - 10)] = (byte) random.nextInt();
            }
            String outcome;
            try {
                decoder.decode(bad);
                outcome = "decoded";
            } catch (WireException e) {
                outcome = e.problem().name();
            }
            outcomes.merge(outcome, 1, Integer::sum);
        }
        assertThat(outcomes).containsOnlyKeys("decoded", "UNDECODABLE");
        assertThat(decoder.decode(good)).isEqualTo(BEHAVIOR);
    }
}
