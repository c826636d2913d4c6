package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.sandbox.AnswerLog;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.TrainingExample;
import io.dienstream.train.manifest.TrainingManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models, checkpoints and savepoints through S3's protocol, by the plugin that the image of the job
 * has, the settings of compose/flink.yaml and the object store of docker-compose.yml.
 */
class ObjectStoreIT {
    private static final int REQUESTS = 20;

    /** Of a checksum's digits, those that answers tell. */
    private static final int FINGERPRINT = 16;

    @TempDir private Path directory;

    private EmbeddedBroker broker;
    private int sent;

    /** What the tests run is what the image is built of. */
    @Test
    void theObjectStoreIsThatOfTheImage() throws Exception {
        byte[] sha256 =
                MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(ObjectStore.PROXY));
        assertThat(Files.readString(Path.of("../compose/object-store.Dockerfile")))
                .contains("--checksum=sha256:" + HexFormat.of().formatHex(sha256));
    }

    private CommandRun model(String... arguments) {
        List<String> all = new ArrayList<>(List.of("model"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
        return CommandRun.of(all.toArray());
    }

    private void done(String... arguments) {
        CommandRun run = model(arguments);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    }

    @Test
    void modelsInAnObjectStoreAreLoadedPromotedAndRolledBack() throws Exception {
        Dataset log = Dataset.simulated(directory);
        Path b = directory.resolve("b");
        RandomModels.write(
                b,
                RandomModels.config(Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, 10),
                2);
        String ofA = ModelReader.read(log.model()).checksum().substring(0, FINGERPRINT);
        String checksum = ModelReader.read(b).checksum();
        String ofB = checksum.substring(0, FINGERPRINT);
        try (EmbeddedBroker kafka = EmbeddedBroker.start();
                ObjectStore store = new ObjectStore(directory.resolve("store"));
                FlinkProcesses flink = new FlinkProcesses(directory.resolve("flink"));
                TopicTail tail = JobProcessesIT.tail(kafka);
                LogPlayer player = JobProcessesIT.player(kafka)) {
            broker = kafka;
            store.upload(log.model(), "models/a");
            String uri = store.upload(b, "models/b");
            flink.use(store);
            List<String> job = List.of("--options-file", options().toString());
            flink.start(null, job);
            String id = JobProcessesIT.running(flink);
            log.behaviors().forEach(player::send);
            AnswerLog answers = new AnswerLog(JobOptions.SCORES.defaultText());
            Traffic traffic = () -> traffic(log, player, tail, answers, flink);
            assertThat(traffic.send()).containsExactly(ofA);

            done("publish", uri, "--as", "b", "--sha256", checksum, "--percent", "100", "--wait");
            assertThat(traffic.send()).containsExactly(ofB);
            done("promote", "b", "--wait");
            assertThat(traffic.send()).containsExactly(ofB);

            String nowhere = "s3://" + ObjectStore.BUCKET + "/models/nowhere";
            CommandRun refused =
                    model("publish", nowhere, "--as", "c", "--sha256", "0".repeat(64), "--wait");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("version c is refused", "models/nowhere");
            done("retire", "c");

            String savepoint = JobProcessesIT.stop(flink, id, "s3://dien-stream/savepoints");
            assertThat(savepoint).startsWith("s3://dien-stream/savepoints/savepoint-");
            assertThat(store.list("savepoints/")).contains("/_metadata<");
            flink.stop();
            flink.start(savepoint, job);
            JobProcessesIT.running(flink);
            assertThat(traffic.send()).as("b is live in the savepoint").containsExactly(ofB);
            done("rollback", "--wait");
            assertThat(traffic.send()).containsExactly(ofA);
            assertThat(answers.doubled()).isZero();
            assertThat(store.list("checkpoints/")).contains("<Key>checkpoints/");
        }
    }

    /** Sends requests and tells which models have answered. */
    @FunctionalInterface
    private interface Traffic {
        Set<String> send() throws Exception;
    }

    private Set<String> traffic(
            Dataset log, LogPlayer player, TopicTail tail, AnswerLog answers, FlinkProcesses flink)
            throws Exception {
        Set<String> before = Set.copyOf(answers.answers().keySet());
        int from = sent;
        sent += REQUESTS;
        // the newest, each of which sees its user's whole history
        int first = log.requests().size() - 8 * REQUESTS;
        log.requests().subList(first + from, first + sent).forEach(player::send);
        player.flush();
        JobProcessesIT.await(
                sent + " answers", () -> JobProcessesIT.poll(tail, answers) == sent, flink);
        return answers.answers().values().stream()
                .filter(answer -> !before.contains(answer.getRequestId()))
                .map(ScoredRequest::getModelFingerprint)
                .collect(Collectors.toSet());
    }

    /** Those of docker-compose.yml, with a model in the object store and a rollout. */
    private Path options() throws Exception {
        String options =
                Files.readString(Path.of("../compose/options.properties"))
                        .replace("kafka:9092", broker.bootstrapServers())
                        .replace("/models/current", "s3://dien-stream/models/a");
        return Files.writeString(
                directory.resolve("options.properties"),
                options
                        + """
                        checkpoint.interval = 2s
                        scoring.warm-up = 0s
                        rollout.enabled = true
                        model.cache-directory = %s
                        """
                                .formatted(directory.resolve("cache")));
    }

    @Test
    void aLearnerGoesOnFromALiveVersionInAnObjectStore() throws Exception {
        List<TrainingExample> examples = new ArrayList<>();
        SmallDataset.write(directory.resolve("small"), 1200, 3)
                .forEach(
                        Split.TRAIN,
                        e -> examples.add(SinkFiles.served(TrainingExample.newBuilder(e).build())));
        examples.sort(Comparator.comparingLong(TrainingExample::getTimestamp));
        Path sink = directory.resolve("sink");
        SinkFiles.write(sink.resolve("examples/a.avro"), examples.subList(0, 300));
        Path first = directory.resolve("first");
        CommandRun trained =
                CommandRun.of(
                        "train",
                        "--data",
                        sink,
                        "--output",
                        first,
                        "--threads",
                        1,
                        "--epochs",
                        1,
                        "--embedding-width",
                        4,
                        "--mlp",
                        "8",
                        "--max-length",
                        8);
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        SinkFiles.write(sink.resolve("examples/b.avro"), examples.subList(300, examples.size()));
        String checksum = ModelReader.read(first).checksum();
        try (EmbeddedBroker kafka = EmbeddedBroker.start();
                ObjectStore store = new ObjectStore(directory.resolve("store"))) {
            broker = kafka;
            CommandRun.of("topics", "create", "--bootstrap-servers", kafka.bootstrapServers());
            String uri = store.upload(first, "models/first");
            store.put(TrainingManifest.beside(first), "models/first.manifest.json");
            done("publish", uri, "--as", "first", "--sha256", checksum);
            done("promote", "first", "--force");
            Path artifacts = directory.resolve("artifacts");
            try (CommandProcess learn =
                    new CommandProcess(
                            directory,
                            environment(store),
                            "learn",
                            "--bootstrap-servers",
                            kafka.bootstrapServers(),
                            "--data",
                            sink.toString(),
                            "--artifacts",
                            artifacts.toString(),
                            "--least-requests",
                            "100",
                            "--learning-rate",
                            "0.005")) {
                assertThat(learn.exitCode()).as(learn.output()).isZero();
                assertThat(learn.output())
                        .contains("published learned-", ", learned from first")
                        .doesNotContain("0 new requests");
            }
            Path copy = artifacts.resolve(".live").resolve(checksum);
            assertThat(ModelReader.read(copy).checksum()).isEqualTo(checksum);
            // with its manifest came what it has learned already
            try (var files = Files.list(artifacts)) {
                List<Path> manifests =
                        files.filter(f -> f.toString().endsWith(".manifest.json")).toList();
                assertThat(manifests).hasSize(1);
                TrainingManifest manifest = TrainingManifest.read(manifests.get(0));
                assertThat(manifest.parent().sha256()).isEqualTo(checksum);
                assertThat(Path.of(manifest.parent().artifact())).isEqualTo(copy);
                assertThat(manifest.served().since())
                        .isEqualTo(
                                TrainingManifest.read(TrainingManifest.beside(first))
                                        .learnedUntil());
            }
        }
    }

    /** As Flink's own processes have it. */
    private Map<String, String> environment(ObjectStore store) throws Exception {
        Path conf = Files.createDirectory(directory.resolve("conf"));
        new YAMLMapper().writeValue(conf.resolve("config.yaml").toFile(), store.settings());
        Map<String, String> environment = ObjectStore.environment(directory.resolve("plugins"));
        environment.put("FLINK_CONF_DIR", conf.toString());
        return environment;
    }
}
