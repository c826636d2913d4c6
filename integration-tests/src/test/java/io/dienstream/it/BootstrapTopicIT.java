package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.job.connector.StartOffsets;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.bootstrap.Bootstrap;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.Parity;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Initial state from a topic or beside one, and the job that goes on from it. */
class BootstrapTopicIT {
    @TempDir private Path directory;

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
            assertThat(CommandRun.of(boundedJob(cluster, data, savepoint)).exitCode()).isZero();
            job.read();

            var parity = new Parity(OfflineTruth.offline(data.model()));
            parity.checkEventTime(data.behaviors(), requests, job.answers.answers());
            assertThat(parity.holds()).as(parity.summary()).isTrue();
            assertThat(job.answers.size()).isEqualTo(requests.size());
            assertThat(job.answers.deadLetters()).isEmpty();
        }
    }

    /** Everything is in the topic; state is wanted up to the middle. */
    @Test
    void aTopicIsReadUpToTheGivenOffsets() throws Exception {
        Dataset data = Dataset.simulated(directory);
        int middle = data.behaviors().size() / 2;
        List<Behavior> first = data.behaviors().subList(0, middle);
        Path savepoint = directory.resolve("savepoint");
        Path until = directory.resolve("until.properties");
        try (DemoCluster cluster = DemoCluster.start(1)) {
            sendAtTheirTime(cluster, first);
            Map<TopicPartition, Long> ends = ends(cluster);
            sendAtTheirTime(cluster, data.behaviors().subList(middle, data.behaviors().size()));
            Object[] line = {
                "bootstrap",
                "--model",
                data.model(),
                "--savepoint",
                savepoint,
                "--bootstrap-servers",
                cluster.broker().bootstrapServers(),
                "--until",
                until
            };
            Map<TopicPartition, Long> beyond = new HashMap<>(ends);
            beyond.replaceAll((partition, end) -> end + 1_000_000);
            StartOffsets.write(until, beyond);
            CommandRun refused = CommandRun.of(line);
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.err()).contains("it must be from 0 to");

            StartOffsets.write(until, ends);
            assertThat(CommandRun.of(line).exitCode()).isZero();
        }
        OfflineTruth.assertSame(
                OfflineTruth.offline(data.model()),
                first,
                OfflineTruth.stored(savepoint.toUri().toString(), data.model()));
    }

    private static Map<TopicPartition, Long> ends(DemoCluster cluster) {
        try (var consumer =
                new KafkaConsumer<>(
                        cluster.client(),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            return new HashMap<>(
                    consumer.endOffsets(
                            consumer.partitionsFor(JobOptions.BEHAVIORS.defaultText()).stream()
                                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                                    .toList()));
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
            BootstrapFileIT.avro(ofFile, file);
            line.addAll(List.of("--behaviors", file));
        }
        CommandRun result = CommandRun.of(line.toArray());
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
        options.put(JobOptions.WARM_UP.key(), "0s");
        options.put(JobOptions.START_FROM.key(), savepoint.toUri().toString());
        options.put(
                JobOptions.START_OFFSETS.key(),
                savepoint.resolve(Bootstrap.START_OFFSETS).toString());
        List<String> line = new ArrayList<>(List.of("job"));
        options.forEach((key, value) -> line.add("--" + key + "=" + value));
        return line.toArray();
    }
}
