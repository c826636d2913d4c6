package io.dienstream.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Directories;
import io.dienstream.datasets.prepare.Immature;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.train.manifest.TrainingManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A learner that ends between two of its steps, a model that changes under it, a parent that goes.
 */
class UnpublishedRoundIT {
    @TempDir private Path directory;
    private SmallLoop loop;

    @BeforeEach
    void showMore() throws IOException {
        loop = SmallLoop.start(directory);
        loop.show("b.avro", SmallLoop.FIRST, 1500);
    }

    /** A round whose version is left and not published; the plan is where it was. */
    private Path unpublished() throws IOException {
        try (Artifacts artifacts = loop.artifacts()) {
            loop.plan.kafkaIsAway = true;
            assertThatThrownBy(() -> loop.round(artifacts)).hasMessage("Kafka is away");
            loop.plan.kafkaIsAway = false;
        }
        return directory.resolve("artifacts").resolve(loop.left().get(0));
    }

    private LearningRound.Outcome next() throws IOException, InterruptedException {
        try (Artifacts artifacts = loop.artifacts()) {
            return loop.round(artifacts);
        }
    }

    private Path publishedNow() {
        return directory.resolve("artifacts").resolve(loop.plan.underWay);
    }

    @Test
    void whatATrainingHasLeftAndNobodyPublishedIsPublishedWithoutAnother() throws Exception {
        Path artifact = unpublished();
        FileTime made = Files.getLastModifiedTime(artifact.resolve("model.json"));
        assertThat(next()).as(loop.said()).isEqualTo(LearningRound.Outcome.PUBLISHED);
        assertThat(loop.said()).contains("came out of this very training before: it is taken");
        assertThat(publishedNow()).isEqualTo(artifact);
        assertThat(Files.getLastModifiedTime(artifact.resolve("model.json"))).isEqualTo(made);
        assertThat(loop.left()).hasSize(3);
    }

    /** Of other data, or cut off: it may be anybody's, so it stays, and the round has its own. */
    @Test
    void whatIsThereOfAnotherTrainingIsNotTakenAndNotInTheWay() throws Exception {
        Path artifact = unpublished();
        Path weights = artifact.resolve("weights.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        assertThat(next()).as(loop.said()).isEqualTo(LearningRound.Outcome.PUBLISHED);
        assertThat(loop.said()).doesNotContain("it is taken");
        assertThat(publishedNow())
                .isEqualTo(artifact.resolveSibling(artifact.getFileName() + "-2"));
        assertThat(ModelReader.read(publishedNow()).config().version())
                .isEqualTo(loop.plan.underWay);
        assertThat(Files.readAllBytes(weights)).isEqualTo(bytes);
    }

    @Test
    void aManifestWithoutItsArtifactIsReplaced() throws Exception {
        Path artifact = unpublished();
        Directories.delete(artifact);
        Files.writeString(TrainingManifest.beside(artifact), "{");
        assertThat(next()).as(loop.said()).isEqualTo(LearningRound.Outcome.PUBLISHED);
        assertThat(publishedNow()).isEqualTo(artifact);
        assertThat(TrainingManifest.read(TrainingManifest.beside(artifact)).artifactSha256())
                .isEqualTo(ModelReader.read(artifact).checksum());
    }

    @Test
    void aLiveVersionThatWasOverwrittenInPlaceIsNotLearnedFrom() throws Exception {
        assertThat(next()).as(loop.said()).isEqualTo(LearningRound.Outcome.PUBLISHED);
        Path live = publishedNow();
        loop.plan.promote(live);
        loop.show("c.avro", 1500, 2200);
        String published = loop.plan.published.sha256();
        copy(directory.resolve("first"), live);
        assertThatThrownBy(this::next)
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(
                        live + " has changed: its sha256 is ",
                        ModelReader.read(directory.resolve("first")).checksum(),
                        " was published with " + published);
    }

    private static void copy(Path from, Path to) throws IOException {
        Directories.delete(to);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) { // directories before what is in them
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private CommandRun again(Path artifact, String name) {
        return CommandRun.of(
                "train",
                "--output",
                directory.resolve(name),
                "--from-manifest",
                TrainingManifest.beside(artifact));
    }

    /** Moments are a part of what a version was made of, and where its parent was published too. */
    @Test
    void theManifestPinsCarriedMomentsAndSaysWhereAParentIsToBeHadFrom() throws Exception {
        Path first = directory.resolve("first");
        loop.plan.published =
                new Rollout.Published("s3://models/first", ModelReader.read(first).checksum());
        try (Artifacts artifacts = loop.artifacts()) {
            LearningRound.Outcome outcome =
                    loop.round(
                            artifacts,
                            Immature.AS_IT_IS,
                            new Comparison.Margins(1, 100, 100),
                            1,
                            true);
            assertThat(outcome).as(loop.said()).isEqualTo(LearningRound.Outcome.PUBLISHED);
        }
        Path child = publishedNow();
        CommandRun same = again(child, "same");
        assertThat(same.exitCode()).as(same.err()).isZero();
        Path moments = Artifacts.checkpoint(first);
        Files.move(moments, directory.resolve("aside"));
        Files.move(Artifacts.checkpoint(child), moments);
        CommandRun swapped = again(child, "swapped");
        assertThat(swapped.exitCode()).isEqualTo(1);
        assertThat(swapped.err()).contains(moments + " has changed: its sha256 is ");
        Directories.delete(moments);
        Files.move(directory.resolve("aside"), moments);
        Directories.delete(first);
        CommandRun gone = again(child, "gone");
        assertThat(gone.exitCode()).isEqualTo(1);
        assertThat(gone.err())
                .contains(
                        first + ", which the training went on from, is not there any more",
                        loop.plan.published.sha256(),
                        "which was published at s3://models/first");
    }
}
