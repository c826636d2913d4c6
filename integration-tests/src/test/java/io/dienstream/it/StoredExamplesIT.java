package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.format.Manifest;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.learning.LearningJob;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.train.manifest.TrainingManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the learning job of docker-compose.yml leaves in an object store is what {@code train}
 * learns from, with nothing between, and can learn from again when there is more.
 */
class StoredExamplesIT {
    private static final int REQUESTS = 120;
    private static final long START = 1_700_000_000_000L;
    private static final long MINUTE = 60_000;
    private static final String DATA = "learning/data/";

    @TempDir private Path directory;

    private int sent;

    @Test
    void trainingReadsWhatTheLearningJobHasStored() throws Exception {
        try (DemoCluster kafka = DemoCluster.start(1);
                LearningFeed feed = new LearningFeed(kafka);
                ObjectStore store = new ObjectStore(directory.resolve("store"));
                FlinkProcesses flink = new FlinkProcesses(directory.resolve("flink"))) {
            flink.use(store);
            flink.start(
                    LearningJob.class, null, List.of("--options-file", options(kafka).toString()));
            JobProcessesIT.running(flink);
            send(feed);
            await(flink, store, 0);
            Map<String, String> environment = ObjectStoreIT.environment(directory, store);
            Path first = directory.resolve("first");
            train(
                    environment,
                    "--data",
                    "s3://" + ObjectStore.BUCKET + "/" + DATA,
                    "--output",
                    first.toString(),
                    "--threads",
                    "1",
                    "--epochs",
                    "1",
                    "--embedding-width",
                    "4",
                    "--mlp",
                    "8",
                    "--max-length",
                    "8");
            TrainingManifest manifest = TrainingManifest.read(TrainingManifest.beside(first));
            assertThat(manifest.sources()).isNotEmpty();
            assertThat(manifest.sources())
                    .extracting(Manifest.Source::file)
                    .allMatch(f -> f.startsWith("examples/dt=") && f.endsWith(".avro"));
            assertThat(manifest.labels().waitMs()).isEqualTo(MINUTE);

            int files = files(store);
            send(feed);
            await(flink, store, files);
            Path again = directory.resolve("again");
            train(
                    environment,
                    "--from-manifest",
                    TrainingManifest.beside(first).toString(),
                    "--output",
                    again.toString());
            assertThat(ModelReader.read(again).checksum())
                    .isEqualTo(ModelReader.read(first).checksum());
            assertThat(TrainingManifest.read(TrainingManifest.beside(again)).sources())
                    .isEqualTo(manifest.sources());
        }
    }

    /** Those of docker-compose.yml. */
    private Path options(DemoCluster kafka) throws Exception {
        String options =
                Files.readString(Path.of("../compose/learning.properties"))
                        .replace("kafka:9092", kafka.broker().bootstrapServers());
        return Files.writeString(
                directory.resolve("learning.properties"), options + "checkpoint.interval = 1s\n");
    }

    /** Requests of which one ad of three is clicked, and that all their labels are final. */
    private void send(LearningFeed feed) throws Exception {
        for (int n = 0; n < REQUESTS; n++) {
            feed.shownAndClicked("r" + sent, START + sent++ * 1_000L);
        }
        feed.beat(START + sent * 1_000L + 2 * MINUTE);
    }

    private void train(Map<String, String> environment, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "train";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try (CommandProcess train = new CommandProcess(directory, environment, command)) {
            assertThat(train.exitCode()).as(train.output()).isZero();
        }
    }

    /** Until there are more finished files than {@code before}. */
    private static void await(FlinkProcesses flink, ObjectStore store, int before)
            throws Exception {
        JobProcessesIT.await("files in the object store", () -> files(store) > before, flink);
    }

    private static int files(ObjectStore store) throws Exception {
        return store.list(DATA + "examples").split("\\.avro<", -1).length - 1;
    }
}
