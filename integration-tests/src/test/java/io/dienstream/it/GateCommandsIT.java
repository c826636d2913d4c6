package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.CommandRun;
import io.dienstream.dien.Needed;
import io.dienstream.evaluation.online.LogitSketch;
import io.dienstream.evaluation.online.SketchBytes;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.operate.quality.QualityLog;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.ModelQuality;
import io.dienstream.wire.WireEncoder;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of quality and gate through a broker: from windows to the next step of a rollout.
 */
class GateCommandsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LIVE = "a".repeat(64);
    private static final String NEXT = "b".repeat(64);
    private static final long WINDOW = 1_000;

    @TempDir private Path directory;

    private String servers;
    private Properties client;

    private CommandRun run(Object... args) {
        List<Object> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--bootstrap-servers", servers));
        return CommandRun.of(all.toArray());
    }

    private CommandRun step(Object... args) {
        CommandRun run = run(args);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    /** 210 clicks a window of both versions on the same examples. */
    private void sendWindows(int count, double liveNoise, double nextNoise) throws Exception {
        WireEncoder<ModelQuality> encoder = new WireEncoder<>(ModelQuality.class);
        Random random = new Random(2);
        // after the versions were published, as only that counts
        long first = System.currentTimeMillis() + WINDOW;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int w = 0; w < count; w++) {
                LogitSketch live = new LogitSketch();
                LogitSketch next = new LogitSketch();
                double[] sums = new double[4];
                while (live.positives() < 210) {
                    double logit = -1.3 + 1.3 * random.nextGaussian();
                    boolean clicked = random.nextDouble() < sigmoid(logit);
                    double p = sigmoid(logit + liveNoise * random.nextGaussian());
                    double q = sigmoid(logit + nextNoise * random.nextGaussian());
                    live.add(p, clicked, 1);
                    next.add(q, clicked, 1);
                    sums[0] -= Math.log(clicked ? p : 1 - p);
                    sums[1] -= Math.log(clicked ? q : 1 - q);
                    sums[2] += p;
                    sums[3] += q;
                }
                long start = first + w * WINDOW;
                ModelQuality a = window(LIVE, "live", start, live, sums[0], sums[2]);
                ModelQuality b = window(NEXT, "shadow", start, next, sums[1], sums[3]);
                producer.send(new ProducerRecord<>(QualityLog.TOPIC, encoder.encode(a))).get();
                producer.send(new ProducerRecord<>(QualityLog.TOPIC, encoder.encode(b))).get();
            }
        }
    }

    private static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    private static ModelQuality window(
            String sha256,
            String arm,
            long start,
            LogitSketch sketch,
            double loss,
            double predicted) {
        double impressions = sketch.positives() + sketch.negatives();
        return ModelQuality.newBuilder()
                .setModel("ads")
                .setModelVersion(arm)
                .setModelFingerprint(sha256.substring(0, 16))
                .setArm(arm)
                .setSegment("all")
                .setWindowStart(start)
                .setWindowEnd(start + WINDOW)
                .setRevision(0)
                .setImpressions(impressions)
                .setClicks(sketch.positives())
                .setPredicted(predicted)
                .setLogLoss(loss)
                .setExamples((long) impressions)
                .setSquaredWeights(impressions)
                .setGaucSum(0)
                .setGaucWeight(0)
                .setUsers(10)
                .setOneClassUsers(10)
                .setSketch(ByteBuffer.wrap(SketchBytes.write(sketch)))
                .build();
    }

    @Test
    void aShadowGetsUsersWhenItPassesAndNothingWithoutData() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            servers = broker.bootstrapServers();
            client = new Properties();
            client.put("bootstrap.servers", servers);
            List<String> topics = List.of("models", "model-status", QualityLog.TOPIC);
            Topics.create(client, topics, 1, (short) 1, Map.of());
            step("model", "publish", "s3://m/1", "--as", "1", "--sha256", LIVE);
            step("model", "promote", "1", "--force");
            step("model", "publish", "s3://m/2", "--as", "2", "--sha256", NEXT, "--shadow");

            CommandRun early = run("model", "gate", "--candidate", "2", "--auto");
            assertThat(early.exitCode()).isEqualTo(3);
            assertThat(early.out()).contains("INCONCLUSIVE: 0 of 20 blocks of 200 clicks");
            assertThat(step("quality").out()).contains("no windows");

            sendWindows(40, 0.8, 0.2);
            CommandRun table = step("quality", "--plots", directory);
            assertThat(table.out()).contains("shadow", "8,400");
            assertThat(Files.size(directory.resolve("auc.png"))).isPositive();
            CommandRun said = run("model", "gate", "--candidate", "2");
            assertThat(said.exitCode()).as(said.out() + said.err()).isZero();
            assertThat(said.out()).contains("PASS", "next: ./dien model ramp 2 --percent 5.0");

            CommandRun done = run("model", "gate", "--candidate", "2", "--auto", "--json");
            JsonNode json = JSON.readTree(done.out());
            assertThat(json.get("verdict").asText()).isEqualTo("PASS");
            assertThat(json.get("step").asText()).isEqualTo("RAMP");
            assertThat(json.get("revision").asLong()).isEqualTo(4);
            String history = step("model", "history").out();
            assertThat(history).contains("by gate", "PASS; log loss, improvement +0.");

            CommandRun split = run("model", "gate", "--candidate", "2", "--auto");
            assertThat(split.exitCode()).as("its own users are new").isEqualTo(3);
            CommandRun unknown = run("model", "gate", "--candidate", "3");
            assertThat(unknown.err())
                    .contains("version 3 is neither a shadow nor a candidate of plan 4");

            Path full = Path.of("/dev/full");
            Needed.here("linux", Files.exists(full), "this system has no /dev/full");
            Path plots = Files.createDirectory(directory.resolve("full"));
            Path picture = Files.createSymbolicLink(plots.resolve("auc.png"), full);
            CommandRun unwritten = run("quality", "--plots", plots);
            assertThat(unwritten.exitCode()).isEqualTo(1);
            assertThat(unwritten.out()).as("it is said first").contains("shadow", "8,400");
            assertThat(unwritten.err())
                    .isEqualTo(
                            "dien: " + picture + " cannot be written: No space left on device\n");
        }
    }

    @Test
    void aWorseShadowIsRetired() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            servers = broker.bootstrapServers();
            client = new Properties();
            client.put("bootstrap.servers", servers);
            List<String> topics = List.of("models", "model-status", QualityLog.TOPIC);
            Topics.create(client, topics, 1, (short) 1, Map.of());
            step("model", "publish", "s3://m/1", "--as", "1", "--sha256", LIVE);
            step("model", "promote", "1", "--force");
            step("model", "publish", "s3://m/2", "--as", "2", "--sha256", NEXT, "--shadow");
            sendWindows(40, 0.2, 0.8);
            CommandRun done = run("model", "gate", "--candidate", "2", "--auto");
            assertThat(done.exitCode()).isEqualTo(1);
            assertThat(done.out()).contains("FAIL", "revision 4: RETIRE 2");
        }
    }
}
