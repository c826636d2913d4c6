package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.served.ServedSource;
import io.dienstream.datasets.served.ServedSourceProvider;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.operate.served.KafkaSource;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A learner whose topics are cut, whose brokers go, and that is killed in a training. */
class LearnerLastsIT {
    private static final String EXAMPLES = "training-examples";
    private static final String UNFINISHED = ".learning-";

    @TempDir private Path directory;
    private final List<TrainingExample> examples = new ArrayList<>();

    @BeforeEach
    void make() throws IOException {
        SmallDataset.write(directory.resolve("small"), 1200, 3)
                .forEach(
                        Split.TRAIN,
                        e -> examples.add(SinkFiles.served(TrainingExample.newBuilder(e).build())));
        examples.sort(Comparator.comparingLong(TrainingExample::getTimestamp));
    }

    /** Takes what comes. */
    private static final class Taken implements ServedSource.Consumer {
        private int examples;

        @Override
        public void example(TrainingExample example) {
            examples++;
        }

        @Override
        public void correction(LabelCorrection correction) {
            throw new AssertionError("there is none");
        }
    }

    private static Properties client(EmbeddedBroker broker) {
        Properties client = new Properties();
        client.put("bootstrap.servers", broker.bootstrapServers());
        return client;
    }

    private static void send(Properties client, List<TrainingExample> examples) throws Exception {
        WireEncoder<TrainingExample> encoder = new WireEncoder<>(TrainingExample.class);
        try (var producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (TrainingExample e : examples) {
                producer.send(new ProducerRecord<>(EXAMPLES, encoder.encode(e))).get();
            }
        }
    }

    /** What a round says and survives; any other exception would end a learner. */
    @Test
    void aTopicThatIsCutOrGoneWhileItIsReadIsAnErrorOfReadingThatNamesIt() throws Exception {
        Path config = Files.writeString(directory.resolve("config"), "default.api.timeout.ms=3000");
        KafkaSource kafka = new KafkaSource();
        EmbeddedBroker broker = EmbeddedBroker.start();
        boolean isOpen = true;
        try {
            Properties client = client(broker);
            Topics.create(client, List.of(EXAMPLES), 1, (short) 1, Map.of());
            send(client, examples.subList(0, 50));
            String data = "kafka://" + broker.bootstrapServers();
            var reading = new ServedSourceProvider.Reading(data, config, 0, null, null, directory);
            ServedSource cut = kafka.open(reading);
            try (Admin admin = Admin.create(client)) {
                admin.deleteRecords(
                                Map.of(
                                        new TopicPartition(EXAMPLES, 0),
                                        RecordsToDelete.beforeOffset(20)))
                        .all()
                        .get();
            }
            assertThatThrownBy(() -> cut.read(new Taken()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("what was served cannot be read from topic " + EXAMPLES);
            Taken rest = new Taken();
            assertThat(kafka.open(reading).read(rest)).isZero();
            assertThat(rest.examples).as("the next round").isEqualTo(30);
            ServedSource gone = kafka.open(reading);
            broker.close();
            isOpen = false;
            assertThatThrownBy(() -> gone.read(new Taken()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("topic " + EXAMPLES);
        } finally {
            if (isOpen) {
                broker.close();
            }
        }
    }

    private List<String> learn(EmbeddedBroker broker, int epochs) {
        List<String> command = new ArrayList<>(List.of("learn"));
        command.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
        command.addAll(List.of("--data", directory.resolve("sink").toString()));
        command.addAll(List.of("--artifacts", artifacts().toString()));
        command.addAll(List.of("--live", directory.resolve("first").toString()));
        command.addAll(List.of("--least-requests", "100", "--learning-rate", "0.005"));
        command.addAll(List.of("--epochs", Integer.toString(epochs)));
        return command;
    }

    private Path artifacts() {
        return directory.resolve("artifacts");
    }

    private List<String> left() throws IOException {
        if (!Files.isDirectory(artifacts())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(artifacts())) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aLearnerThatIsKilledInATrainingLeavesNothingThatAnyoneWouldTake() throws Exception {
        SinkFiles.write(directory.resolve("sink/examples/a.avro"), examples.subList(0, 300));
        List<Object> first = new ArrayList<>(List.of("train", "--threads", 1, "--epochs", 1));
        first.addAll(List.of("--data", directory.resolve("sink")));
        first.addAll(List.of("--output", directory.resolve("first"), "--max-length", 8));
        first.addAll(List.of("--embedding-width", 4, "--mlp", "8"));
        CommandRun trained = CommandRun.of(first.toArray());
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        SinkFiles.write(
                directory.resolve("sink/examples/b.avro"), examples.subList(300, examples.size()));
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            Topics.create(client(broker), List.of("models"), 1, (short) 1, Map.of());
            try (CommandProcess endless =
                    new CommandProcess(directory, learn(broker, 100_000).toArray(String[]::new))) {
                CommandProcess.await(
                        "a training",
                        () ->
                                endless.alive()
                                        && left().stream().anyMatch(f -> f.startsWith(UNFINISHED)));
                endless.kill();
            }
            assertThat(left()).hasSize(2).contains(".learn.lock");
            CommandRun next = CommandRun.of(learn(broker, 1).toArray());
            assertThat(next.exitCode()).as(next.out() + next.err()).isZero();
            assertThat(next.out()).contains("published learned-");
            assertThat(left()).hasSize(4).noneMatch(f -> f.startsWith(UNFINISHED));
        }
    }
}
