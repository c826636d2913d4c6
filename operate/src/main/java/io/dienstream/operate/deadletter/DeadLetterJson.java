package io.dienstream.operate.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Erasure;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireEncoder;
import io.dienstream.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.JsonEncoder;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * Dead letters as lines of JSON, and back to what is sent again:
 *
 * <pre>
 * {"reason", "message", "topic", "partition", "offset", "timestamp", "processed",
 *  "key_base64", "value_base64", "truncated_from_bytes", "value_sha256", "type": "Behavior", "record": {...}}
 * </pre>
 *
 * {@code type} and {@code record} (Avro's JSON encoding) stand where the value can be read. A
 * repaired {@code record} is what is sent again, under its own user id; without one the raw bytes
 * are, under their old key. Not thread safe.
 */
public final class DeadLetterJson {
    private static final String TYPE = "type";
    private static final String RECORD = "record";
    private static final String TOPIC = "topic";
    private static final String KEY = "key_base64";
    private static final String VALUE = "value_base64";
    private static final String TRUNCATED = "truncated_from_bytes";

    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, Wire<?>> wires = new LinkedHashMap<>();

    /** What is sent again. */
    public record Resend(String topic, byte[] key, byte[] value) {}

    /** One message type of the input topics. */
    private record Wire<T extends SpecificRecord>(
            Schema schema, WireDecoder<T> decoder, WireEncoder<T> encoder) {
        static <T extends SpecificRecord> Wire<T> of(Class<T> type, Schema schema) {
            return new Wire<>(schema, WireDecoder.of(type), new WireEncoder<>(type));
        }

        byte[] encode(String text) throws IOException {
            T message =
                    new SpecificDatumReader<T>(schema)
                            .read(null, DecoderFactory.get().jsonDecoder(schema, text));
            return encoder.encode(message);
        }

        String userId(byte[] value) throws WireException {
            Object id = decoder.decode(value).get(schema.getField("user_id").pos());
            return id.toString();
        }
    }

    public DeadLetterJson() {
        wires.put("Behavior", Wire.of(Behavior.class, Behavior.getClassSchema()));
        wires.put("AdRequest", Wire.of(AdRequest.class, AdRequest.getClassSchema()));
        wires.put("Erasure", Wire.of(Erasure.class, Erasure.getClassSchema()));
    }

    /** One line. */
    public ObjectNode line(DeadLetter letter) {
        ObjectNode line = json.createObjectNode();
        line.put("reason", letter.getReason());
        line.put("message", letter.getMessage());
        line.put(TOPIC, letter.getOriginTopic());
        line.put("partition", letter.getOriginPartition());
        line.put("offset", letter.getOriginOffset());
        line.put("timestamp", letter.getOriginTimestamp());
        line.put("processed", letter.getProcessingTimestamp());
        line.put(KEY, base64(letter.getKey()));
        line.put(VALUE, base64(letter.getValue()));
        if (letter.getValueLength() != null) {
            line.put(TRUNCATED, letter.getValueLength());
            line.put("value_sha256", hex(letter.getValueSha256()));
        } else if (letter.getValue() != null) {
            byte[] value = bytes(letter.getValue());
            wires.forEach((name, wire) -> decoded(name, wire, value, line));
        }
        return line;
    }

    private <T extends SpecificRecord> void decoded(
            String name, Wire<T> wire, byte[] value, ObjectNode line) {
        try {
            T message = wire.decoder().decode(value);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            JsonEncoder encoder = EncoderFactory.get().jsonEncoder(wire.schema(), out);
            new SpecificDatumWriter<T>(wire.schema()).write(message, encoder);
            encoder.flush();
            line.put(TYPE, name);
            line.set(RECORD, json.readTree(out.toByteArray()));
        } catch (WireException e) {
            // no message of this type; where it is of none, the raw bytes speak for themselves
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a line, repaired or not, sends again.
     *
     * @throws IOException saying what is wrong with the line
     */
    public Resend resend(String line) throws IOException {
        JsonNode node;
        try {
            node = json.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IOException("no JSON: " + e.getOriginalMessage(), e);
        }
        String topic = node.path(TOPIC).asText("");
        if (topic.isEmpty()) {
            throw new IOException("no " + TOPIC);
        }
        return node.has(RECORD) ? repaired(topic, node) : raw(topic, node);
    }

    private Resend repaired(String topic, JsonNode node) throws IOException {
        Wire<?> wire = wires.get(node.path(TYPE).asText(""));
        if (wire == null) {
            throw new IOException(TYPE + " is none of " + wires.keySet());
        }
        try {
            byte[] value = wire.encode(json.writeValueAsString(node.get(RECORD)));
            String user = wire.userId(value);
            return new Resend(topic, user.getBytes(StandardCharsets.UTF_8), value);
        } catch (AvroRuntimeException | IOException | WireException e) {
            throw new IOException(
                    RECORD + " is no " + node.get(TYPE).asText() + ": " + e.getMessage(), e);
        }
    }

    private static String hex(ByteBuffer hash) {
        return HexFormat.of().formatHex(bytes(hash));
    }

    private static Resend raw(String topic, JsonNode node) throws IOException {
        if (node.has(TRUNCATED)) {
            throw new IOException(
                    "only the beginning of the record is here, "
                            + node.get(TRUNCATED).asLong()
                            + " bytes were too large to be kept: send it again from its origin");
        }
        try {
            return new Resend(topic, decode(node.path(KEY)), decode(node.path(VALUE)));
        } catch (IllegalArgumentException e) {
            throw new IOException(KEY + " or " + VALUE + " is no base64", e);
        }
    }

    private static byte[] decode(JsonNode text) {
        return text.isTextual() ? Base64.getDecoder().decode(text.asText()) : null;
    }

    private static String base64(ByteBuffer buffer) {
        return buffer == null ? null : Base64.getEncoder().encodeToString(bytes(buffer));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
