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
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Types;
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

    /** Half of the log is there before the job is; a behavior read twice would be late. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJobGoesOnWhereItsBootstrapEnded(boolean fromFile) throws Exception {
        Dataset data = Dataset.simulated(directory);
        long half = data.behaviors().get(data.behaviors().size() / 2).getTimestamp();
        List<Behavior> first =
                data.behaviors().stream().filter(b -> b.getTimestamp() <= half).toList();
        List<Behavior> second =
                data.behaviors().stream().filter(b -> b.getTimestamp() > half).toList();
        List<AdRequest> requests =
                data.requests().stream().filter(r -> r.getTimestamp() > half).toList();
        Path savepoint = directory.resolve("savepoint");
        try (DemoCluster cluster = DemoCluster.start(2);
                RunningJob job = new RunningJob(cluster);
                LogPlayer player = cluster.player()) {
            sendAtTheirTime(cluster, first);
            bootstrap(cluster, data, savepoint, fromFile ? first : List.of());
            sendAtTheirTime(cluster, second);
            requests.forEach(player::send);
            player.flush();
            assertThat(CommandLineTest.run(boundedJob(cluster, data, savepoint)).exitCode())
                    .isZero();
            job.read();

            var parity = new Parity(OfflineTruth.offline(data.model()));
            parity.checkEventTime(data.behaviors(), requests, job.answers.answers());
            assertThat(parity.holds()).as(parity.summary()).isTrue();
            assertThat(job.answers.size()).isEqualTo(requests.size());
            assertThat(job.answers.deadLetters()).isEmpty();
        }
    }

    private void bootstrap(DemoCluster cluster, Dataset data, Path savepoint, List<Behavior> ofFile)
            throws Exception {
        List<Object> line = new ArrayList<>();
        line.addAll(List.of("bootstrap", "--model", data.model(), "--savepoint", savepoint));
        line.addAll(List.of("--bootstrap-servers", cluster.broker().bootstrapServers()));
        line.addAll(List.of("--option", "time.mode=event-time"));
        if (!ofFile.isEmpty()) {
            Path file = directory.resolve("first-half.avro");
            avro(ofFile, file);
            line.addAll(List.of("--behaviors", file));
        }
        CommandLineTest.Result result = CommandLineTest.run(line.toArray());
        assertThat(result.out()).contains("start the job with kafka.start-offsets=");
        assertThat(result.exitCode())
                .as("the file has a row that is refused")
                .isEqualTo(ofFile.isEmpty() ? 0 : 1);
    }

    /** As producers at work: the Kafka record's time is that of the behavior. */
    private static void sendAtTheirTime(DemoCluster cluster, List<Behavior> behaviors)
            throws Exception {
        String topic = JobOptions.BEHAVIORS.defaultText();
        WireEncoder<Behavior> encoder = new WireEncoder<>(Behavior.class);
        try (Admin admin = Admin.create(cluster.client())) {
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            var entry = new ConfigEntry("message.timestamp.type", "CreateTime");
            var set = new AlterConfigOp(entry, AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
        }
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (var producer =
                new KafkaProducer<>(
                        cluster.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Behavior b : behaviors) {
                byte[] key = b.getUserId().getBytes(StandardCharsets.UTF_8);
                byte[] value = encoder.encode(b);
                sent.add(
                        producer.send(
                                new ProducerRecord<>(topic, null, b.getTimestamp(), key, value)));
            }
        }
        for (Future<RecordMetadata> one : sent) {
            one.get();
        }
    }

    private static Object[] boundedJob(DemoCluster cluster, Dataset data, Path savepoint) {
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.BOOTSTRAP_SERVERS.key(), cluster.broker().bootstrapServers());
        options.put(JobOptions.MODEL.key(), data.model().toString());
        options.put(
                JobOptions.CHECKPOINT_DIRECTORY.key(), cluster.checkpoints().toUri().toString());
        options.put(JobOptions.TIME_MODE.key(), "event-time");
        options.put(JobOptions.ALLOWED_LATENESS.key(), "1s");
        options.put(JobOptions.BOUNDED.key(), "true");
        options.put(JobOptions.START_FROM.key(), savepoint.toUri().toString());
        options.put(
                JobOptions.START_OFFSETS.key(),
                savepoint.resolve(Bootstrap.START_OFFSETS).toString());
        List<String> line = new ArrayList<>(List.of("job"));
        options.forEach((key, value) -> line.add("--" + key + "=" + value));
        return line.toArray();
    }
}
