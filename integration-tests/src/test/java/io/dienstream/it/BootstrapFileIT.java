package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import blue.strategic.parquet.ParquetWriter;
import io.dienstream.cli.CommandRun;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Types;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Initial state from files: the same as a replay's, bit for bit. */
class BootstrapFileIT {
    @TempDir private Path directory;

    private static List<Behavior> shuffled(List<Behavior> behaviors) {
        List<Behavior> shuffled = new ArrayList<>(behaviors);
        Collections.shuffle(shuffled, new Random(1));
        return shuffled;
    }

    private static CommandRun bootstrap(Dataset data, Path file, Path savepoint) {
        return CommandRun.of(
                "bootstrap",
                "--model",
                data.model(),
                "--behaviors",
                file,
                "--savepoint",
                savepoint);
    }

    /** In any order, with a row in it that is no behavior. */
    @ParameterizedTest
    @ValueSource(strings = {"tsv", "jsonl", "avro", "parquet"})
    void aFileGivesTheStatesOfAReplay(String format) throws Exception {
        Dataset data = Dataset.simulated(directory);
        List<Behavior> behaviors = shuffled(data.behaviors());
        Path file = directory.resolve("behaviors." + format);
        switch (format) {
            case "tsv" -> behaviors = wholeSeconds(behaviors, file);
            case "jsonl" -> json(behaviors, file);
            case "avro" -> avro(behaviors, file);
            default -> parquet(behaviors, file);
        }
        Path savepoint = directory.resolve("savepoint");
        CommandRun result = bootstrap(data, file, savepoint);
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("%,d behaviors".formatted(behaviors.size()))
                .contains("0 repeated, 1 refused");
        assertThat(result.exitCode()).as("a row was refused").isEqualTo(1);
        OfflineTruth.assertSame(
                OfflineTruth.offline(data.model()),
                behaviors,
                OfflineTruth.stored(savepoint.toUri().toString(), data.model()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jsonl.gz", "avro", "parquet"})
    void aDamagedFileIsRefusedByNameAndLeavesNothing(String format) throws Exception {
        Dataset data = Dataset.simulated(directory);
        Path file = directory.resolve("behaviors." + format);
        switch (format) {
            case "avro" -> avro(data.behaviors(), file);
            case "parquet" -> parquet(data.behaviors(), file);
            default -> {
                Path plain = directory.resolve("plain.jsonl");
                json(data.behaviors(), plain);
                try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
                    Files.copy(plain, out);
                }
            }
        }
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length * 2 / 3));
        Path savepoint = directory.resolve("savepoint");
        CommandRun result = bootstrap(data, file, savepoint);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("dien: " + file + " cannot be read after row ")
                .hasLineCount(1);
        assertThat(savepoint).doesNotExist();
    }

    private static List<Behavior> wholeSeconds(List<Behavior> behaviors, Path file)
            throws IOException {
        List<String> lines = new ArrayList<>();
        List<Behavior> rounded = new ArrayList<>();
        for (Behavior b : behaviors) {
            long seconds = b.getTimestamp() / 1000;
            var fields = b.getFields();
            lines.add(
                    String.join(
                            "\t",
                            b.getUserId(),
                            fields.get("item"),
                            fields.get("category"),
                            Long.toString(seconds),
                            b.getEventId()));
            rounded.add(new Behavior(b.getEventId(), b.getUserId(), seconds * 1000, fields));
        }
        lines.add("no\tbehavior");
        Files.write(file, lines);
        return rounded;
    }

    private static void json(List<Behavior> behaviors, Path file) throws IOException {
        List<String> lines = jsonLines(behaviors);
        lines.add("{\"user_id\":\"u\"}");
        Files.write(file, lines);
    }

    static List<String> jsonLines(List<Behavior> behaviors) {
        List<String> lines = new ArrayList<>();
        for (Behavior b : behaviors) {
            lines.add(
                    "{\"event_id\":\"%s\",\"user_id\":\"%s\",\"timestamp\":%d,\"item\":\"%s\",\"category\":\"%s\"}"
                            .formatted(
                                    b.getEventId(),
                                    b.getUserId(),
                                    b.getTimestamp(),
                                    b.getFields().get("item"),
                                    b.getFields().get("category")));
        }
        return lines;
    }

    /** With a row that is no behavior at the end. */
    static void avro(List<Behavior> behaviors, Path file) throws IOException {
        try (DataFileWriter<Behavior> writer =
                new DataFileWriter<>(new SpecificDatumWriter<>(Behavior.class))) {
            writer.setCodec(CodecFactory.deflateCodec(CodecFactory.DEFAULT_DEFLATE_LEVEL));
            writer.create(Behavior.getClassSchema(), file.toFile());
            for (Behavior b : behaviors) {
                writer.append(b);
            }
            writer.append(new Behavior("", "u", behaviors.get(0).getTimestamp(), Map.of()));
        }
    }

    private static void parquet(List<Behavior> behaviors, Path file) throws IOException {
        var text = LogicalTypeAnnotation.stringType();
        MessageType schema =
                new MessageType(
                        "behavior",
                        Types.optional(PrimitiveType.PrimitiveTypeName.BINARY)
                                .as(text)
                                .named("user_id"),
                        Types.required(PrimitiveType.PrimitiveTypeName.INT64).named("timestamp"),
                        Types.required(PrimitiveType.PrimitiveTypeName.BINARY)
                                .as(text)
                                .named("event_id"),
                        Types.optional(PrimitiveType.PrimitiveTypeName.BINARY)
                                .as(text)
                                .named("item"),
                        Types.optional(PrimitiveType.PrimitiveTypeName.BINARY)
                                .as(text)
                                .named("category"));
        try (ParquetWriter<Behavior> writer =
                ParquetWriter.writeFile(
                        schema,
                        file.toFile(),
                        (b, to) -> {
                            if (!b.getUserId().equals("nobody")) {
                                to.write("user_id", b.getUserId());
                            }
                            to.write("timestamp", b.getTimestamp());
                            to.write("event_id", b.getEventId());
                            b.getFields().forEach(to::write);
                        })) {
            for (Behavior b : behaviors) {
                writer.write(b);
            }
            writer.write(new Behavior("x", "nobody", 1L, Map.of()));
        }
    }
}
