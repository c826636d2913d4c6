package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.datasets.served.ShownQuality;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.evaluation.online.SketchBytes;
import io.dienstream.evaluation.online.Totals;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.operate.quality.QualityLog;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.sandbox.DemoGate;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.ModelQuality;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
 * A learner all of whose new labels are shuffled, those that it compares by too, so that it hardly
 * notices and publishes; and the demo's own gate, whose rules are the widest that anything here
 * runs with. By what is shown later, which is true, the version fails, however often one looks.
 */
class PoisonedVersionIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SEEDS = 4;
    private static final int FIRST = 1200;
    private static final int POISONED = 700;
    private static final int WINDOW_REQUESTS = 60;
    private static final int WINDOWS_A_LOOK = 4;
    private static final long WINDOW_MS = 1_000;
    private static final int FINGERPRINT = 16;

    @TempDir private Path directory;

    private String servers;
    private Properties client;
    private Path rules;

    private CommandRun run(Object... args) {
        List<Object> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--bootstrap-servers", servers));
        return CommandRun.of(all.toArray());
    }

    private static CommandRun done(CommandRun run) {
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        return run;
    }

    @Test
    void aVersionOfShuffledLabelsIsNeverPromotedByTheDemosGate() throws Exception {
        rules = Files.writeString(directory.resolve("gate.properties"), DemoGate.RULES);
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            servers = broker.bootstrapServers();
            client = new Properties();
            client.put("bootstrap.servers", servers);
            List<String> topics = List.of("models", "model-status", QualityLog.TOPIC);
            Topics.create(client, topics, 1, (short) 1, Map.of());
            int published = 0;
            for (int seed = 1; seed <= SEEDS; seed++) {
                Path own = Files.createDirectory(directory.resolve("seed" + seed));
                published += isPublished(seed, own) ? 1 : 0;
            }
            assertThat(published).as("the gate had something to judge").isGreaterThan(1);
        }
    }

    /** Whether the learner published its version, which then failed. */
    private boolean isPublished(long seed, Path own) throws Exception {
        String model = "of-seed-" + seed;
        List<TrainingExample> examples = examples(own, seed);
        SinkFiles.write(own.resolve("sink/examples/a.avro"), examples.subList(0, FIRST));
        Path first = first(own, seed);
        String sha256 = ModelReader.read(first).checksum();
        done(
                run(
                        "model",
                        "publish",
                        first.toUri(),
                        "--as",
                        "1",
                        "--sha256",
                        sha256,
                        "--model",
                        model));
        done(run("model", "promote", "1", "--force", "--model", model));

        SinkFiles.write(own.resolve("sink/examples/b.avro"), shuffled(examples, seed));
        RolloutPlan alone = plan(model);
        CommandRun learned = learn(model, own, seed);
        RolloutPlan before = plan(model);
        if (learned.exitCode() == 1) {
            assertThat(learned.out()).as(learned.err()).contains("not published: its ");
            assertThat(before).isEqualTo(alone);
            return false;
        }
        done(learned);
        assertThat(before.shadows()).as("what the learner cannot see").hasSize(1);
        PlannedVersion shadow = before.shadows().get(0);

        List<String> verdicts = new ArrayList<>();
        long start = System.currentTimeMillis() + WINDOW_MS; // after it was published
        ExampleScorer live = ShownQuality.scorer(first);
        ExampleScorer next = ShownQuality.scorer(own.resolve("versions").resolve(shadow.name()));
        int window = 0;
        for (int n = FIRST + POISONED;
                n + WINDOW_REQUESTS <= examples.size();
                n += WINDOW_REQUESTS) {
            List<TrainingExample> shown = examples.subList(n, n + WINDOW_REQUESTS);
            long at = start + window * WINDOW_MS;
            send(window(sha256, "live", at, ShownQuality.sums(live, shown)));
            send(window(shadow.sha256(), "shadow", at, ShownQuality.sums(next, shown)));
            if (++window % WINDOWS_A_LOOK == 0 && plan(model).equals(before)) {
                verdicts.add(look(model, shadow.name()));
            }
        }
        assertThat(verdicts).as("seed " + seed).doesNotContain("PASS").endsWith("FAIL");
        RolloutPlan after = plan(model);
        assertThat(after.live()).isEqualTo(before.live());
        assertThat(after.candidates()).isEmpty();
        assertThat(after.shadows()).as("it is gone").isEmpty();
        return true;
    }

    /** Leaves the plan as it is unless there is a verdict. */
    private String look(String model, String version) throws IOException {
        long revision = plan(model).revision();
        CommandRun look =
                run(
                        "model",
                        "gate",
                        "--candidate",
                        version,
                        "--model",
                        model,
                        "--rules",
                        rules,
                        "--steps",
                        "50",
                        "--auto",
                        "--json");
        JsonNode said = JSON.readTree(look.out());
        String verdict = said.get("verdict").asText();
        long steps = verdict.equals("INCONCLUSIVE") ? 0 : 1;
        assertThat(plan(model).revision()).as(look.out()).isEqualTo(revision + steps);
        return verdict;
    }

    private RolloutPlan plan(String model) throws IOException {
        return new RolloutClient(client, model).log().plan();
    }

    private static List<TrainingExample> examples(Path own, long seed) throws IOException {
        Dataset data = SmallDataset.write(own.resolve("small"), 4000, seed);
        List<TrainingExample> examples = new ArrayList<>();
        data.forEach(
                Split.TRAIN,
                e -> examples.add(SinkFiles.served(TrainingExample.newBuilder(e).build())));
        examples.sort(Comparator.comparingLong(TrainingExample::getTimestamp));
        return examples;
    }

    private static List<TrainingExample> shuffled(List<TrainingExample> examples, long seed) {
        Random random = new Random(seed);
        List<TrainingExample> poisoned = new ArrayList<>();
        for (TrainingExample e : examples.subList(FIRST, FIRST + POISONED)) {
            TrainingExample copy = TrainingExample.newBuilder(e).build();
            copy.getCandidates().forEach(c -> c.setClicked(random.nextBoolean()));
            poisoned.add(copy);
        }
        return poisoned;
    }

    private static Path first(Path own, long seed) {
        Path first = own.resolve("first");
        List<Object> command = new ArrayList<>(List.of("train", "--data", own.resolve("sink")));
        command.addAll(List.of("--output", first, "--threads", 1, "--seed", seed));
        command.addAll(List.of("--architecture", "din", "--embedding-width", 6, "--mlp", "12"));
        command.addAll(List.of("--max-length", 8, "--epochs", 3, "--learning-rate", 0.01));
        done(CommandRun.of(command.toArray()));
        return first;
    }

    private CommandRun learn(String model, Path own, long seed) {
        List<Object> command = new ArrayList<>(List.of("learn", "--model", model));
        command.addAll(List.of("--data", own.resolve("sink"), "--seed", seed));
        command.addAll(List.of("--artifacts", own.resolve("versions")));
        command.addAll(List.of("--least-requests", 100, "--learning-rate", 0.01, "--epochs", 2));
        command.addAll(DemoGate.MARGINS);
        return run(command.toArray());
    }

    private static ModelQuality window(String sha256, String arm, long start, QualitySums sums) {
        Totals t = sums.totals();
        return ModelQuality.newBuilder()
                .setModel("small")
                .setModelVersion(arm)
                .setModelFingerprint(sha256.substring(0, FINGERPRINT))
                .setArm(arm)
                .setSegment("all")
                .setWindowStart(start)
                .setWindowEnd(start + WINDOW_MS)
                .setRevision(0)
                .setImpressions(sums.impressions())
                .setClicks(sums.clicks())
                .setPredicted(t.predicted())
                .setLogLoss(t.logLoss())
                .setExamples(t.examples())
                .setSquaredWeights(t.squaredWeights())
                .setGaucSum(t.gaucSum())
                .setGaucWeight(t.gaucWeight())
                .setUsers(t.users())
                .setOneClassUsers(t.oneClassUsers())
                .setSketch(ByteBuffer.wrap(SketchBytes.write(sums.sketch())))
                .build();
    }

    private void send(ModelQuality window) throws Exception {
        byte[] value = new WireEncoder<>(ModelQuality.class).encode(window);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(QualityLog.TOPIC, value)).get();
        }
    }
}
