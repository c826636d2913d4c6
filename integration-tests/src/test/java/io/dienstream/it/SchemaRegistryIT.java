package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.dien.Needed;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.registry.RegistryClient;
import io.dienstream.job.registry.RegistryException;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.broker.BrokerFiles;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Confluent's wire format between producers, the job and consumers. Against answers as the API is
 * documented; with {@code -Ddien.registry=URL} against the registry that is there.
 */
class SchemaRegistryIT {
    private static final String CREDENTIALS = "dien:registry-secret";
    private static final int REQUESTS = 12;

    @TempDir private Path directory;

    private Map<String, String> options(String url) throws IOException {
        Path file = directory.resolve("credentials");
        Files.writeString(file, CREDENTIALS + "\n");
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.REGISTRY_URL.key(), url);
        options.put(JobOptions.REGISTRY_CREDENTIALS.key(), file.toString());
        options.put(JobOptions.REGISTRY_TIMEOUT.key(), "3s");
        return options;
    }

    private RegistryClient client(Map<String, String> options) throws RegistryException {
        Map<String, String> all = new HashMap<>(options);
        all.put(JobOptions.BOOTSTRAP_SERVERS.key(), "localhost:1");
        all.put(JobOptions.MODEL.key(), "model");
        return new RegistryClient(JobOptions.of(all));
    }

    @Test
    void aJobReadsAndWritesConfluentsFormat() throws Exception {
        try (RecordedRegistry registry =
                new RecordedRegistry(BrokerFiles.freePort(), CREDENTIALS)) {
            assertJob(options("http://localhost:" + registry.port()));
        }
    }

    /** A real one: CONTRIBUTING.md tells how to start it. */
    @Test
    void aRealRegistryAnswersAlike() throws Exception {
        String url = System.getProperty("dien.registry");
        Needed.here("registry", url != null, "no registry: -Ddien.registry=URL names one");
        assertJob(options(url));
    }

    private void assertJob(Map<String, String> registry) throws Exception {
        RegistryClient client = client(registry);
        Schema behaviors = withOneMoreField(Behavior.getClassSchema());
        int behaviorId = client.register("behaviors-value", behaviors);
        int requestId = client.register("ad-requests-value", AdRequest.getClassSchema());
        assertThat(client.schema(behaviorId)).contains(behaviors);
        Path model = Dataset.simulated(directory).model();
        try (DemoCluster cluster = DemoCluster.start(1);
                TopicTail tail = cluster.answersTail()) {
            Map<String, String> options = new HashMap<>(registry);
            options.put(JobOptions.WARM_UP.key(), "0s");
            JobID job = cluster.flink().submit(cluster.options(model, options), null);
            Simulator simulator = new Simulator(1, 1);
            List<ScoredRequest> answers = new ArrayList<>();
            List<DeadLetter> letters = new ArrayList<>();
            try (LogPlayer player = cluster.player()) {
                for (int n = 0; n < REQUESTS; n++) {
                    Behavior b = simulator.behavior(System.currentTimeMillis());
                    player.send("behaviors", b.getUserId(), foreign(behaviorId, behaviors, b));
                    AdRequest r = simulator.request(System.currentTimeMillis(), 3).request();
                    if (n % 2 == 0) {
                        player.send("ad-requests", r.getUserId(), confluent(requestId, r));
                    } else {
                        player.send(r); // a producer that has not changed over yet
                    }
                }
                player.send("ad-requests", "u0", new byte[] {0, 0x7f, 0, 0, 1, 1, 2, 3});
                player.flush();
                long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
                while ((answers.size() < REQUESTS || letters.isEmpty())
                        && System.nanoTime() < deadline) {
                    poll(tail, client, answers, letters);
                }
                assertThat(answers).hasSize(REQUESTS);
                // Nothing orders a request after a behavior of another topic: asked until it shows.
                while (newest(answers).getSequenceLength() == 0 && System.nanoTime() < deadline) {
                    AdRequest r = simulator.request(System.currentTimeMillis(), 3).request();
                    player.send("ad-requests", r.getUserId(), confluent(requestId, r));
                    player.flush();
                    int answered = answers.size();
                    while (answers.size() == answered && System.nanoTime() < deadline) {
                        poll(tail, client, answers, letters);
                    }
                }
            }
            assertThat(newest(answers).getSequenceLength()).isPositive();
            assertThat(letters).hasSize(1);
            assertThat(letters.get(0).getReason().toString()).isEqualTo("unknown_schema");
            assertThat(letters.get(0).getMessage())
                    .contains("the schema registry has no Avro schema 2130706433");
            cluster.flink().cancel(job);
        }
    }

    private static void poll(
            TopicTail tail,
            RegistryClient client,
            List<ScoredRequest> answers,
            List<DeadLetter> letters) {
        tail.poll(
                Duration.ofMillis(50),
                record -> {
                    if (record.topic().equals("scores")) {
                        answers.add(decode(client, record.value()));
                    } else {
                        letters.add(deadLetter(record.value()));
                    }
                });
    }

    private static ScoredRequest newest(List<ScoredRequest> answers) {
        return answers.get(answers.size() - 1);
    }

    /** What a team makes of our schema that needs more than we do. */
    private static Schema withOneMoreField(Schema schema) {
        List<Schema.Field> fields = new ArrayList<>();
        schema.getFields().forEach(f -> fields.add(new Schema.Field(f, f.schema())));
        fields.add(
                new Schema.Field("campaign", Schema.create(Schema.Type.STRING), "theirs", "none"));
        return Schema.createRecord(
                schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
    }

    private static byte[] foreign(int id, Schema schema, Behavior b) throws IOException {
        GenericRecordBuilder builder = new GenericRecordBuilder(schema).set("campaign", "spring");
        b.getSchema().getFields().forEach(f -> builder.set(f.name(), b.get(f.pos())));
        ByteArrayOutputStream out = header(id);
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(schema).write(builder.build(), encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static <T extends SpecificRecord> byte[] confluent(int id, T record)
            throws IOException {
        ByteArrayOutputStream out = header(id);
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new SpecificDatumWriter<T>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static ByteArrayOutputStream header(int id) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0);
        out.write(ByteBuffer.allocate(Integer.BYTES).putInt(id).array());
        return out;
    }

    private static ScoredRequest decode(RegistryClient client, byte[] message) {
        try {
            assertThat(message[0]).isZero();
            Schema writer = client.schema(ByteBuffer.wrap(message, 1, 4).getInt()).orElseThrow();
            assertThat(writer.getFullName()).isEqualTo("io.dienstream.schema.ScoredRequest");
            return new SpecificDatumReader<ScoredRequest>(writer, ScoredRequest.getClassSchema())
                    .read(
                            null,
                            DecoderFactory.get()
                                    .binaryDecoder(message, 5, message.length - 5, null));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static DeadLetter deadLetter(byte[] message) {
        try {
            return WireDecoder.of(DeadLetter.class).decode(message);
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsWrongIsSaid() throws Exception {
        try (RecordedRegistry registry =
                new RecordedRegistry(BrokerFiles.freePort(), CREDENTIALS)) {
            Map<String, String> options = options("http://localhost:" + registry.port());
            RegistryClient client = client(options);
            int id = client.register("s", Behavior.getClassSchema());
            registry.overloaded.set(3);
            assertThat(client(options).schema(id)).contains(Behavior.getClassSchema());
            int asked = registry.requests.get();
            assertThat(client.schema(id)).isPresent();
            assertThat(client.schema(id)).isPresent();
            assertThat(registry.requests.get()).as("asked once").isEqualTo(asked + 1);
            assertThatThrownBy(() -> client.register("s", AdRequest.getClassSchema()))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("incompatible with subject s");
            Files.writeString(directory.resolve("credentials"), "dien:wrong");
            assertThatThrownBy(() -> client(options).schema(id))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("refused us (HTTP 401)")
                    .hasMessageNotContaining("wrong");
            registry.overloaded.set(Integer.MAX_VALUE);
            assertThatThrownBy(() -> client(options).schema(id))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("did not answer within 3 s (HTTP 503)");
        }
        assertThatThrownBy(() -> client(options("http://localhost:1")).schema(1))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("(ConnectException): is it running");
        Map<String, String> options = options("http://localhost:1");
        options.put(JobOptions.REGISTRY_CREDENTIALS.key(), "/no/such/file");
        assertThatThrownBy(() -> client(options))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("'/no/such/file' cannot be read");
    }
}
