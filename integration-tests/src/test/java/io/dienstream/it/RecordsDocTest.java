package io.dienstream.it;

import io.dienstream.schema.AdClick;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.Heartbeat;
import io.dienstream.schema.Impression;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelStatus;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;

/** docs/reference/records.md is made from the schemas. */
class RecordsDocTest {
    private static final List<Schema> MESSAGES =
            List.of(
                    Behavior.getClassSchema(),
                    AdRequest.getClassSchema(),
                    Erasure.getClassSchema(),
                    ScoredRequest.getClassSchema(),
                    ServedRequest.getClassSchema(),
                    DeadLetter.getClassSchema(),
                    ModelCommand.getClassSchema(),
                    ModelStatus.getClassSchema(),
                    Impression.getClassSchema(),
                    AdClick.getClassSchema(),
                    Heartbeat.getClassSchema(),
                    TrainingExample.getClassSchema(),
                    LabelCorrection.getClassSchema());

    @Test
    void everyRecordIsListedAsItIs() throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("# Records\n\n");
        text.append(
                "The messages of the job's [topics](../concepts/topology.md#topics) are Avro in");
        text.append(" single-object encoding: two bytes of marker, eight of the schema's");
        text.append(
                " fingerprint, the body. With `schema-registry.url` Confluent's wire format is");
        text.append(" read too. A `TrainingExample` stands also in the files of a");
        text.append(" [data set](../start/training.md#data-sets).\n\n");
        text.append("Schemas are in `schemas/src/main/avro/`, every released version of each in");
        text.append(" `schemas/src/main/resources/released/`. New fields are optional or have a");
        text.append(" default; nothing is renamed or removed. `bytes?` may be null.\n");
        for (Schema record : records()) {
            text.append("\n## ").append(record.getName()).append("\n\n");
            text.append(sentence(record.getDoc())).append("\n\n");
            if (MESSAGES.contains(record)) {
                text.append("A message begins with `").append(header(record)).append("`.\n\n");
            }
            text.append("| field | type | meaning |\n|---|---|---|\n");
            for (Schema.Field field : record.getFields()) {
                text.append(
                        "| `%s` | %s | %s |%n"
                                .formatted(
                                        field.name(), type(field.schema()), sentence(field.doc())));
            }
        }
        Documents.assertCurrent("docs/reference/records.md", text.toString());
    }

    /** Marker and fingerprint, byte by byte. */
    private static String header(Schema message) {
        byte[] encoded;
        try {
            encoded = SchemaNormalization.parsingFingerprint("CRC-64-AVRO", message);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        return "c3 01 " + HexFormat.ofDelimiter(" ").formatHex(encoded);
    }

    /** Each message, and behind it the records that stand in it for the first time. */
    private static Set<Schema> records() {
        Set<Schema> records = new LinkedHashSet<>();
        Deque<Schema> open = new ArrayDeque<>();
        for (Schema message : MESSAGES) {
            open.add(message);
            while (!open.isEmpty()) {
                Schema record = open.remove();
                if (records.add(record)) {
                    record.getFields().forEach(f -> nested(f.schema(), open));
                }
            }
        }
        return records;
    }

    private static void nested(Schema schema, Deque<Schema> open) {
        switch (schema.getType()) {
            case RECORD -> open.add(schema);
            case ARRAY -> nested(schema.getElementType(), open);
            case MAP -> nested(schema.getValueType(), open);
            case UNION -> schema.getTypes().forEach(s -> nested(s, open));
            default -> {}
        }
    }

    private static String type(Schema schema) {
        return switch (schema.getType()) {
            case RECORD ->
                    "[%s](#%s)"
                            .formatted(schema.getName(), schema.getName().toLowerCase(Locale.ROOT));
            case ENUM -> "`" + String.join("`, `", schema.getEnumSymbols()) + "`";
            case ARRAY -> "list of " + type(schema.getElementType());
            case MAP -> "map of " + type(schema.getValueType());
            case UNION -> optional(schema);
            default -> "`" + schema.getName() + "`";
        };
    }

    private static String optional(Schema union) {
        List<Schema> others = new ArrayList<>(union.getTypes());
        boolean nullable = others.removeIf(s -> s.getType() == Schema.Type.NULL);
        return others.stream().map(RecordsDocTest::type).collect(Collectors.joining(" or "))
                + (nullable ? "?" : "");
    }

    private static String sentence(String doc) {
        return doc == null ? "" : Documents.cell(Documents.linked(doc));
    }
}
