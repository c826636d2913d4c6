package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Pricing;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireEncoder;
import io.dienstream.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records around every limit of size, through a real broker: each has an outcome, the job never
 * restarts, and what comes after is answered.
 */
class OversizeIT {
    private static final String BEHAVIORS = JobOptions.BEHAVIORS.defaultText();
    private static final String REQUESTS = JobOptions.REQUESTS.defaultText();
    private static final String LIMIT = "max.decompressed.message.bytes";

    /** The largest value that a producer sends to a topic that nobody has configured. */
    private static final int LARGEST = 1_048_450;

    @TempDir private Path directory;

    private static KafkaProducer<byte[], byte[]> producer(DemoCluster cluster, String compression) {
        Properties properties = cluster.client();
        properties.put("compression.type", compression);
        properties.put("max.request.size", "1000000000");
        properties.put("buffer.memory", "1000000000");
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value)
            throws Exception {
        producer.send(new ProducerRecord<>(topic, new byte[] {1}, value)).get(30, TimeUnit.SECONDS);
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static AdRequest request(String id, int candidates, int idLength) {
        return new AdRequest(
                id,
                "u",
                System.currentTimeMillis(),
                Map.of(),
                Map.of(),
                IntStream.range(0, candidates)
                        .mapToObj(
                                n ->
                                        new Candidate(
                                                "%0" + idLength + "d",
                                                Map.of("item", "i1"),
                                                Pricing.CPM,
                                                1L,
                                                "USD",
                                                null))
                        .toList());
    }

    private static byte[] encoded(String id, int candidates, int idLength) {
        AdRequest request = request(id, candidates, idLength);
        for (int n = 0; n < candidates; n++) {
            request.getCandidates().get(n).setAdId(("%0" + idLength + "d").formatted(n));
        }
        return new WireEncoder<>(AdRequest.class).encode(request);
    }

    private static void set(DemoCluster cluster, String topic, String key, int bytes)
            throws Exception {
        try (Admin admin = Admin.create(cluster.client())) {
            var op =
                    new AlterConfigOp(
                            new ConfigEntry(key, Integer.toString(bytes)),
                            AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(
                            Map.of(
                                    new ConfigResource(ConfigResource.Type.TOPIC, topic),
                                    List.of(op)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void everyRecordHasAnOutcomeAndTheJobGoesOn() throws Exception {
        Dataset data = Dataset.simulated(directory);
        byte[] compressed = new byte[5 << 20];
        byte[] largest = noise(LARGEST);
        try (DemoCluster cluster = DemoCluster.start(1);
                RunningJob job = new RunningJob(cluster);
                KafkaProducer<byte[], byte[]> plain = producer(cluster, "none");
                KafkaProducer<byte[], byte[]> zip = producer(cluster, "gzip")) {
            set(cluster, BEHAVIORS, LIMIT, 8 << 20);
            set(cluster, JobOptions.SCORES.defaultText(), "max.message.bytes", 900_000);
            set(cluster, JobOptions.SERVED.defaultText(), "max.message.bytes", 700_000);
            job.submit(data.model(), Map.of(), null);
            send(plain, BEHAVIORS, largest);
            send(plain, REQUESTS, noise(LARGEST - 20_000));
            send(plain, REQUESTS, noise(900_000));
            send(zip, BEHAVIORS, compressed);
            // valid ones: the first is too large as it was served, the second in its answer as well
            send(plain, REQUESTS, encoded("served-too-large", 1000, 750));
            send(plain, REQUESTS, encoded("answer-too-large", 1000, 940));
            send(plain, REQUESTS, encoded("after", 1, 1));

            Map<String, Long> reasons =
                    Map.of("undecodable", 4L, "oversize_served", 1L, "oversize_answer", 1L);
            job.await("each has its outcome", () -> job.answers.deadLetters().equals(reasons));
            job.await("and what follows its answer", () -> job.answers.size() == 2);
            assertThat(job.answers.answers()).containsOnlyKeys("served-too-large", "after");
            assertThat(job.answers.doubled()).as("nothing was read again").isZero();
            assertThat(job.restarted()).isFalse();

            List<DeadLetter> letters = letters(cluster);
            assertThat(letters).hasSize(6);
            DeadLetter cut = ofLength(letters, LARGEST);
            assertThat(bytes(cut.getValue())).isEqualTo(Arrays.copyOf(largest, 16_384));
            assertThat(bytes(cut.getValueSha256()))
                    .isEqualTo(MessageDigest.getInstance("SHA-256").digest(largest));
            assertThat(ofLength(letters, compressed.length).getValue().remaining())
                    .isEqualTo(16_384);
            assertThat(letters)
                    .filteredOn(l -> l.getValueLength() == null)
                    .extracting(l -> l.getValue().remaining())
                    .contains(900_000);
            job.cancel();
        }
    }

    /** What is small on its way and does not fit into memory never reaches the job. */
    @Test
    void aBombIsRefusedByTheBrokerAndATopicThatTakesItByTheJob() throws Exception {
        try (DemoCluster cluster = DemoCluster.start(1);
                KafkaProducer<byte[], byte[]> zip = producer(cluster, "gzip")) {
            for (String topic : List.of(BEHAVIORS, REQUESTS, JobOptions.CONTROL.defaultText())) {
                assertThatThrownBy(() -> send(zip, topic, new byte[300 << 20]))
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOf(InvalidRecordException.class);
            }
            JobOptions options = cluster.options(Path.of("not-read"), Map.of());
            KafkaCheck.check(options);
            set(cluster, BEHAVIORS, LIMIT, Integer.MAX_VALUE - 8);
            assertThatThrownBy(() -> KafkaCheck.check(options))
                    .hasMessageContaining("topic behaviors takes compressed records")
                    .hasMessageContaining(LIMIT + "=1048576");
            KafkaCheck.check(
                    cluster.options(
                            Path.of("not-read"), Map.of("topics.unbounded-records", "true")));
        }
    }

    private static DeadLetter ofLength(List<DeadLetter> letters, int length) {
        return letters.stream()
                .filter(l -> Integer.valueOf(length).equals(l.getValueLength()))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static List<DeadLetter> letters(DemoCluster cluster) throws Exception {
        List<DeadLetter> letters = new ArrayList<>();
        WireDecoder<DeadLetter> decoder = WireDecoder.of(DeadLetter.class);
        try (TopicTail tail =
                new TopicTail(cluster.client(), List.of(JobOptions.DEAD_LETTERS.defaultText()))) {
            tail.drain(
                    record -> {
                        try {
                            letters.add(decoder.decode(record.value()));
                        } catch (WireException e) {
                            throw new AssertionError(e);
                        }
                    });
        }
        return letters;
    }
}
