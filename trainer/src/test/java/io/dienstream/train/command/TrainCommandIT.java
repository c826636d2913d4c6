package io.dienstream.train.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.served.ServedLog;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.artifact.SafeTensors;
import io.dienstream.schema.TrainingExample;
import io.dienstream.train.manifest.TrainingManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dien train} on what was served, from a parent, and again. */
class TrainCommandIT {
    private static final String CORRECTED = "1 of 1 corrections changed a label";

    @TempDir private Path directory;

    @BeforeEach
    void writeSink() throws IOException {
        Dataset data = SmallDataset.write(at("small"), 600, 3);
        List<TrainingExample> examples = new ArrayList<>();
        data.forEach(
                Split.TRAIN,
                e -> examples.add(SinkFiles.served(TrainingExample.newBuilder(e).build())));
        TrainingExample first = examples.get(0);
        first.getCandidates().get(0).setClicked(false);
        SinkFiles.write(at("sink/examples/a.avro"), examples);
        SinkFiles.write(
                at("sink/corrections/a.avro"),
                List.of(SinkFiles.correction(first, first.getCandidates().get(0).getAdId(), 1)));
    }

    private Path at(String name) {
        return directory.resolve(name);
    }

    private CommandRun train(String output, Object... more) {
        List<Object> command = new ArrayList<>(List.of("train", "--output", at(output)));
        command.addAll(List.of("--threads", 1));
        command.addAll(List.of(more));
        return CommandRun.of(command.toArray());
    }

    private CommandRun trainParent() {
        return train(
                "parent",
                "--data",
                at("sink"),
                "--epochs",
                1,
                "--embedding-width",
                4,
                "--mlp",
                "8",
                "--max-length",
                8,
                "--keep-checkpoint");
    }

    private static String checksum(Path artifact) throws IOException {
        return ModelReader.read(artifact).checksum();
    }

    @Test
    void theManifestReproducesTheArtifactAndRefusesOtherData() throws IOException {
        CommandRun parent = trainParent();
        assertThat(parent.exitCode()).as(parent.err()).isZero();
        assertThat(parent.err()).contains(CORRECTED);
        TrainingManifest manifest = TrainingManifest.read(TrainingManifest.beside(at("parent")));
        assertThat(manifest.labels().waitMs()).isEqualTo(SinkFiles.WAIT);
        assertThat(manifest.trainedUntil()).isNotNull();
        // what came since is not of that training
        SinkFiles.write(
                at("sink/examples/b.avro"), List.of(SinkFiles.example("later", 1L << 41, true)));
        CommandRun again = train("again", "--from-manifest", TrainingManifest.beside(at("parent")));
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).contains("the same artifact");
        assertThat(checksum(at("again"))).isEqualTo(checksum(at("parent")));
        Files.write(at("sink/corrections/a.avro"), new byte[] {1, 2});
        CommandRun changed =
                train("changed", "--from-manifest", TrainingManifest.beside(at("parent")));
        assertThat(changed.exitCode()).isEqualTo(1);
        assertThat(changed.err()).contains("corrections/a.avro: has changed: its sha256 is");
        assertThat(at("changed")).doesNotExist();
    }

    @Test
    void aWarmStartGoesOnFromItsParentAndGrows() throws IOException {
        assertThat(trainParent().exitCode()).isZero();
        TrainingExample fresh = SinkFiles.example("later", 1000, true, false);
        SinkFiles.write(at("sink/examples/b.avro"), List.of(fresh));
        CommandRun child =
                train(
                        "child",
                        "--data",
                        at("sink"),
                        "--warm-start",
                        at("parent"),
                        "--learning-rate",
                        "1e-7",
                        "--carry-optimizer",
                        at("parent.checkpoint"));
        assertThat(child.exitCode()).as(child.err()).isZero();
        var before = ModelReader.read(at("parent")).config();
        var after = ModelReader.read(at("child")).config();
        assertThat(after.name()).isEqualTo("parent");
        assertThat(after.version()).isEqualTo("child");
        assertThat(after.maxLength()).isEqualTo(before.maxLength());
        int grown = after.embeddings().get("item").rows() - before.embeddings().get("item").rows();
        assertThat(grown).as("a, b and z").isEqualTo(3);
        float[] old = weights("parent");
        float[] now = weights("child");
        for (int i = 0; i < old.length; i++) {
            assertThat(now[i])
                    .as("no step is larger than the rate")
                    .isBetween(old[i] - 1e-4f, old[i] + 1e-4f);
        }
        CommandRun again = train("again", "--from-manifest", TrainingManifest.beside(at("child")));
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(checksum(at("again"))).isEqualTo(checksum(at("child")));
    }

    /**
     * A day and more to measure delays of, two hours to weigh; the second time from the manifest.
     */
    @Test
    void youngLabelsAreWeightedAndTheManifestReproducesThat() throws IOException {
        ServedLog log =
                new ServedLog(5, 0.3, SinkFiles.WAIT * 2.0, 1)
                        .add(1200, ServedLog.CORRECTION_WAIT, 2 * ServedLog.CORRECTION_WAIT)
                        .add(300, ServedLog.WAIT, 4 * ServedLog.WAIT);
        SinkFiles.write(at("log/examples/a.avro"), log.examples());
        SinkFiles.write(at("log/corrections/a.avro"), log.corrections());
        List<Object> small =
                List.of("--epochs", 1, "--embedding-width", 4, "--mlp", "8", "--max-length", 8);
        CommandRun plain = trainLog("plain", small);
        CommandRun weighted = trainLog("weighted", small, "--immature", "fsiw");
        assertThat(weighted.exitCode()).as(weighted.err()).isZero();
        assertThat(weighted.err()).contains("immature labels are weighted: of the youngest");
        assertThat(plain.err()).contains("immature").doesNotContain("are weighted");
        assertThat(checksum(at("weighted"))).isNotEqualTo(checksum(at("plain")));
        Path file = TrainingManifest.beside(at("weighted"));
        TrainingManifest manifest = TrainingManifest.read(file);
        assertThat(Files.readString(file)).contains("\"weighting\" : \"fsiw\"");
        assertThat(manifest.labels().immature()).isEqualTo(1500);
        assertThat(manifest.labels().correctionWaitMs()).isEqualTo(ServedLog.CORRECTION_WAIT);
        assertThat(manifest.labels().youngestCoverage()).isBetween(0.3, 0.5);
        CommandRun again = train("again", "--from-manifest", file);
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).contains("the same artifact");
        CommandRun evaluated =
                CommandRun.of("evaluate", "--data", at("log"), "--model", at("weighted"));
        assertThat(evaluated.err())
                .as("the newest tenth")
                .containsPattern("test +150 requests +750 examples +\\d+ clicked +750 immature");
    }

    private CommandRun trainLog(String output, List<Object> options, Object... more) {
        List<Object> command = new ArrayList<>(List.of("--data", at("log")));
        command.addAll(options);
        command.addAll(List.of(more));
        return train(output, command.toArray());
    }

    @Test
    void whatHasNoYoungLabelsOrAnImpossibleWaitIsRefusedByName() {
        CommandRun prepared = train("none", "--data", at("small"), "--immature", "fsiw");
        assertThat(prepared.exitCode()).isEqualTo(2);
        assertThat(prepared.err())
                .contains("is a prepared data set: --immature goes with what was served");
        CommandRun wait = train("none", "--data", at("sink"), "--correction-wait", "0s");
        assertThat(wait.exitCode()).isEqualTo(2);
        assertThat(wait.err()).contains("--correction-wait must be above 0");
        CommandRun unit = train("none", "--data", at("sink"), "--correction-wait", "30");
        assertThat(unit.err()).contains("'30' is no time with its unit, such as");
        CommandRun few = train("none", "--data", at("sink"), "--immature", "fsiw");
        assertThat(few.exitCode()).isEqualTo(1);
        assertThat(few.err()).contains("needs 1,000 clicks", "and there are 0");
        assertThat(at("none")).doesNotExist();
    }

    private float[] weights(String model) throws IOException {
        return SafeTensors.read(at(model).resolve("weights.safetensors")).get("embedding.item");
    }

    @Test
    void anotherNetworkThanTheParentsIsRefusedByName() {
        assertThat(trainParent().exitCode()).isZero();
        CommandRun wider =
                train(
                        "wider",
                        "--data",
                        at("sink"),
                        "--warm-start",
                        at("parent"),
                        "--embedding-width",
                        8);
        assertThat(wider.exitCode()).isEqualTo(2);
        assertThat(wider.err()).contains("--embedding-width: not with --warm-start");
        assertThat(at("wider")).doesNotExist();
        CommandRun noData = train("none");
        assertThat(noData.err()).contains("Missing required option: '--data=PATH'");
    }
}
