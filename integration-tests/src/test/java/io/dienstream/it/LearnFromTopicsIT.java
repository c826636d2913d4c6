package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.RolloutTopics;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.TrainingExample;
import io.dienstream.train.manifest.TrainingManifest;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples from a broker's topics, a training that its offsets repeat, and a learner on it. */
class LearnFromTopicsIT {
    private static final String EXAMPLES = "training-examples";
    private static final String CORRECTIONS = "label-corrections";
    private static final String MODELS = "ctr-models";

    @TempDir private Path directory;

    private List<TrainingExample> examples() throws Exception {
        Dataset data = SmallDataset.write(directory.resolve("small"), 2000, 3);
        List<TrainingExample> examples = new ArrayList<>();
        data.forEach(
                Split.TRAIN,
                e -> examples.add(SinkFiles.served(TrainingExample.newBuilder(e).build())));
        examples.sort(Comparator.comparingLong(TrainingExample::getTimestamp));
        return examples;
    }

    private static void send(
            Properties client, List<TrainingExample> examples, LabelCorrection correction)
            throws Exception {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put("transactional.id", "learning-" + examples.size());
        WireEncoder<TrainingExample> encoder = new WireEncoder<>(TrainingExample.class);
        try (var producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(EXAMPLES, encoder.encode(examples.get(0)))).get();
            producer.abortTransaction();
            producer.beginTransaction();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (TrainingExample e : examples) {
                byte[] key = e.getRequestId().getBytes(StandardCharsets.UTF_8);
                sent.add(producer.send(new ProducerRecord<>(EXAMPLES, key, encoder.encode(e))));
            }
            sent.add(
                    producer.send(
                            new ProducerRecord<>(
                                    CORRECTIONS,
                                    new WireEncoder<>(LabelCorrection.class).encode(correction))));
            producer.commitTransaction();
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        }
    }

    private CommandRun train(String output, Object... more) {
        List<Object> command =
                new ArrayList<>(List.of("train", "--output", directory.resolve(output)));
        command.addAll(List.of("--threads", 1));
        command.addAll(List.of(more));
        return CommandRun.of(command.toArray());
    }

    @Test
    void theLiveModelLearnsFromTopicsAndIsPublishedAsAShadow() throws Exception {
        List<TrainingExample> examples = examples();
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            Properties client = new Properties();
            client.put("bootstrap.servers", broker.bootstrapServers());
            CommandRun.of("topics", "create", "--bootstrap-servers", broker.bootstrapServers());
            Topics.create(client, List.of(EXAMPLES, CORRECTIONS), 3, (short) 1, Map.of());
            Topics.create(client, List.of(MODELS), 1, (short) 1, Map.of());
            TrainingExample late = examples.get(0);
            late.getCandidates().get(0).setClicked(false);
            String ad = late.getCandidates().get(0).getAdId();
            send(client, examples.subList(0, 400), SinkFiles.correction(late, ad, 1));
            String data = "kafka://" + broker.bootstrapServers();
            CommandRun first =
                    train(
                            "first",
                            "--data",
                            data,
                            "--epochs",
                            1,
                            "--embedding-width",
                            6,
                            "--mlp",
                            "12",
                            "--max-length",
                            8);
            assertThat(first.exitCode()).as(first.err()).isZero();
            assertThat(first.err()).contains("1 of 1 corrections changed a label");
            send(client, examples.subList(400, examples.size()), SinkFiles.correction(late, ad, 2));
            Path manifest = TrainingManifest.beside(directory.resolve("first"));
            CommandRun again = train("again", "--from-manifest", manifest);
            assertThat(again.exitCode()).as(again.err()).isZero();
            correctionsOfAnotherNameAreRead(client, data, examples.get(1));
            aPlanThatMovesOnMeanwhileTakesNoVersion(broker, data);
            learn(broker, data);
            CommandRun none = train("none", "--data", data + "/training-example");
            assertThat(none.err()).contains("has no topic 'training-example'", EXAMPLES);
        }
    }

    private void correctionsOfAnotherNameAreRead(
            Properties client, String data, TrainingExample corrected) throws Exception {
        Topics.create(client, List.of("late-clicks"), 1, (short) 1, Map.of());
        String ad =
                corrected.getCandidates().stream()
                        .filter(c -> !c.getClicked())
                        .findFirst()
                        .orElseThrow()
                        .getAdId();
        LabelCorrection correction = SinkFiles.correction(corrected, ad, 1);
        try (var producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] value = new WireEncoder<>(LabelCorrection.class).encode(correction);
            producer.send(new ProducerRecord<>("late-clicks", value)).get();
        }
        CommandRun evaluated = evaluate(data + "/" + EXAMPLES + "/late-clicks");
        assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
        assertThat(evaluated.err()).contains("1 of 1 corrections changed a label");
        CommandRun none = evaluate(data + "/" + EXAMPLES + "/late-click");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).contains("has no topic 'late-click'", "late-clicks");
        assertThat(evaluate(data + "/" + EXAMPLES + "/a/b").err()).contains("a part too many");
    }

    private CommandRun evaluate(String data) {
        return CommandRun.of("evaluate", "--data", data, "--model", directory.resolve("first"));
    }

    private List<Object> command(EmbeddedBroker broker, String data, String artifacts) {
        List<Object> command = new ArrayList<>(List.of("learn", "--data", data));
        command.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
        command.addAll(List.of("--models-topic", MODELS));
        command.addAll(List.of("--artifacts", directory.resolve(artifacts)));
        command.addAll(List.of("--live", directory.resolve("first")));
        command.addAll(List.of("--least-requests", 100, "--learning-rate", 0.005));
        return command;
    }

    /** Somebody else's command comes while a version is trained. */
    private void aPlanThatMovesOnMeanwhileTakesNoVersion(EmbeddedBroker broker, String data)
            throws Exception {
        Properties client = new Properties();
        client.put("bootstrap.servers", broker.bootstrapServers());
        RolloutClient rollout =
                new RolloutClient(
                        client, "default", null, new RolloutTopics(MODELS, "model-status"));
        SecondWriter.beforeTheNextRecord(
                () -> rollout.send(rollout.command(ModelCommandKind.PAUSE, "", 0, "another")));
        List<Object> command = command(broker, data, "refused");
        command.addAll(List.of("--kafka-property", SecondWriter.PROPERTY));
        CommandRun refused = CommandRun.of(command.toArray());
        assertThat(SecondWriter.hasWritten()).isTrue();
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains("dien: version learned-")
                .contains("was not published: refused, stale_revision: ");
        assertThat(refused.out()).doesNotContain("published learned-");
        assertThat(rollout.log().plan().revision()).isEqualTo(1);
        assertThat(rollout.log().plan().shadows()).isEmpty();
        CommandRun waits = CommandRun.of(command(broker, data, "waiting").toArray());
        assertThat(waits.exitCode()).as(waits.err()).isZero();
        assertThat(waits.out())
                .contains("the rollout is paused: nothing is learned until it is resumed");
        rollout.send(rollout.command(ModelCommandKind.RESUME, "", 1, "another"));
    }

    private void learn(EmbeddedBroker broker, String data) throws Exception {
        List<Object> command = command(broker, data, "artifacts");
        CommandRun learned = CommandRun.of(command.toArray());
        assertThat(learned.exitCode()).as(learned.out() + learned.err()).isZero();
        assertThat(learned.out()).contains("published learned-", "learned from configured");
        CommandRun second = CommandRun.of(command.toArray());
        assertThat(second.out()).contains("is under way");
        CommandRun history =
                CommandRun.of(
                        "model",
                        "history",
                        "--models-topic",
                        MODELS,
                        "--bootstrap-servers",
                        broker.bootstrapServers());
        assertThat(history.out()).contains("PUBLISH", "learned from configured: auc");
        try (var files = Files.list(directory.resolve("artifacts"))) {
            List<Path> artifacts = files.filter(Files::isDirectory).sorted().toList();
            assertThat(artifacts).as("artifact and report").hasSize(2);
            assertThat(ModelReader.read(artifacts.get(0)).config().maxLength()).isEqualTo(8);
        }
    }
}
