package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import blue.strategic.parquet.ParquetWriter;
import io.dienstream.cli.bootstrap.Bootstrap;
import io.dienstream.cli.demo.DemoCluster;
import io.dienstream.cli.demo.Parity;
import io.dienstream.cli.kafka.LogPlayer;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.savepoint.SavepointHistories;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Initial state from a log: the same as a replay's, bit for bit, and the job goes on from it. */
class BootstrapTest {
    @TempDir private Path directory;

    private static List<Behavior> shuffled(List<Behavior> behaviors) {
        List<Behavior> shuffled = new ArrayList<>(behaviors);
        Collections.shuffle(shuffled, new Random(1));
        return shuffled;
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
        CommandLineTest.Result result =
                CommandLineTest.run(
                        "bootstrap",
                        "--model",
                        data.model(),
                        "--behaviors",
                        file,
                        "--savepoint",
                        savepoint);
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("%,d behaviors".formatted(behaviors.size()))
                .contains("0 repeated, 1 refused");
        assertThat(result.exitCode()).as("a row was refused").isEqualTo(1);
        OfflineTruth.assertSame(
                OfflineTruth.offline(data.model()),
                behaviors,
                SavepointHistories.read(savepoint.toUri().toString()));
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
        lines.add("{\"user_id\":\"u\"}");
        Files.write(file, lines);
    }

    private static void avro(List<Behavior> behaviors, Path file) throws IOException {
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

    /** Half of the log is in the topic before the job is; a behavior read twice would be late. */
    @Test
    void aJobGoesOnWhereItsTopicsBootstrapEnded() throws Exception {
        Dataset data = Dataset.simulated(directory);
        long half = data.behaviors().get(data.behaviors().size() / 2).getTimestamp();
        List<AdRequest> requests =
                data.requests().stream().filter(r -> r.getTimestamp() > half).toList();
        try (DemoCluster cluster = DemoCluster.start(2);
                RunningJob job = new RunningJob(cluster);
                LogPlayer player = cluster.player()) {
            data.behaviors().stream().filter(b -> b.getTimestamp() <= half).forEach(player::send);
            player.flush();
            Map<String, String> options = new HashMap<>();
            options.put(JobOptions.TIME_MODE.key(), "event-time");
            options.put(JobOptions.ALLOWED_LATENESS.key(), "1s");
            options.put(JobOptions.IDLE_AFTER.key(), "0s");
            options.put(JobOptions.BOUNDED.key(), "true");
            Path savepoint = directory.resolve("savepoint");
            Bootstrap.Result result =
                    new Bootstrap(cluster.options(data.model(), options), savepoint, 2, 128)
                            .topic();
            assertThat(result.refused()).isZero();

            data.behaviors().stream().filter(b -> b.getTimestamp() > half).forEach(player::send);
            requests.forEach(player::send);
            player.flush();
            options.put(JobOptions.START_OFFSETS.key(), result.startOffsets().toString());
            job.submit(cluster.options(data.model(), options), savepoint.toUri().toString());
            job.awaitFinished();

            var parity = new Parity(OfflineTruth.offline(data.model()));
            parity.checkEventTime(data.behaviors(), requests, job.answers.answers());
            assertThat(parity.holds()).as(parity.summary()).isTrue();
            assertThat(job.answers.size()).isEqualTo(requests.size());
            assertThat(job.answers.deadLetters()).isEmpty();
        }
    }
}
