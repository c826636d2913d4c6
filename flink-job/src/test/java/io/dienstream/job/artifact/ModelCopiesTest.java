package io.dienstream.job.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.Records;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By file:, which Flink's file systems have without a plugin. */
class ModelCopiesTest {
    @TempDir private Path directory;
    private Path published;
    private String sha256;
    private ModelCopies copies;

    @BeforeEach
    void publish() throws Exception {
        published = Records.model(directory.resolve("published"), 1);
        sha256 = ModelReader.read(published).checksum();
        copies = new ModelCopies(directory.resolve("copies"), 1);
    }

    private String uri() {
        return published.toUri().toString();
    }

    @Test
    void aCopyIsFetchedOnceAndIsTheArtifact() throws IOException {
        Path copy = copies.of(uri(), sha256);
        assertThat(copy).isEqualTo(directory.resolve("copies").resolve(sha256));
        assertThat(ModelReader.read(copy).checksum()).isEqualTo(sha256);
        Files.delete(published.resolve("model.json"));
        assertThat(copies.of(uri(), sha256)).isEqualTo(copy);
    }

    @Test
    void aCopyThatWasDamagedIsFetchedAgain() throws IOException {
        Path copy = copies.of(uri(), sha256);
        Files.writeString(copy.resolve("model.json"), "{");
        assertThat(copies.of(uri(), sha256)).isEqualTo(copy);
        assertThat(ModelReader.read(copy).checksum()).isEqualTo(sha256);
    }

    @Test
    void anotherArtifactThanWasPublishedIsRefusedAndNotKept() throws IOException {
        assertThatThrownBy(() -> copies.of(uri(), "0".repeat(64)))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(uri(), sha256, "0".repeat(64) + " was published");
        assertThat(directory.resolve("copies")).isEmptyDirectory();
    }

    @Test
    void aPlaceWithoutAnArtifactOrWithoutAPluginIsNamed() {
        String nowhere = directory.resolve("nowhere").toUri().toString();
        assertThatThrownBy(() -> copies.of(nowhere, sha256))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> copies.of("s3://bucket/model", sha256))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("s3");
        assertThat(directory.resolve("copies")).isEmptyDirectory();
    }

    @Test
    void whatLiesBesideAnArtifactComesWithItWhereItIsThere() throws IOException {
        Path copy = copies.of(uri(), sha256);
        copies.beside(uri(), ".manifest.json", copy);
        assertThat(copy.resolveSibling(sha256 + ".manifest.json")).doesNotExist();
        Files.writeString(
                published.resolveSibling(published.getFileName() + ".manifest.json"), "{}");
        copies.beside(uri(), ".manifest.json", copy);
        assertThat(copy.resolveSibling(sha256 + ".manifest.json")).hasContent("{}");
    }

    /** The second time all of it comes. */
    @Test
    void aFileThatBreaksOffHalfwayLeavesNothing() throws IOException {
        Path target = directory.resolve("file.json");
        byte[] whole = new byte[100_000];
        Arrays.fill(whole, (byte) 'x');
        InputStream half =
                new SequenceInputStream(
                        new ByteArrayInputStream(whole, 0, whole.length / 2), new Broken());
        assertThatThrownBy(() -> ModelCopies.copy(half, target)).hasMessage("connection reset");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.filter(f -> f.getFileName().toString().contains("file"))).isEmpty();
        }
        ModelCopies.copy(new ByteArrayInputStream(whole), target);
        assertThat(target).hasBinaryContent(whole);
    }

    private static final class Broken extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("connection reset");
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return read();
        }
    }

    @Test
    void aDirectoryBesideComesWholeAndGoesWithItsCopy() throws Exception {
        Path copy = copies.of(uri(), sha256);
        copies.directoryBeside(uri(), ".checkpoint", copy);
        Path checkpoint = copy.resolveSibling(sha256 + ".checkpoint");
        assertThat(checkpoint).doesNotExist();
        Path step = published.resolveSibling(published.getFileName() + ".checkpoint/step-7");
        Files.createDirectories(step);
        Files.write(step.resolve("state"), new byte[1 << 19]);
        copies.directoryBeside(uri(), ".checkpoint", copy);
        assertThat(checkpoint.resolve("step-7/state")).hasSize(1 << 19);
        // another as large, and there is no room for both
        Path manifest = published.resolveSibling(published.getFileName() + ".manifest.json");
        Files.write(manifest, new byte[1 << 19]);
        copies.beside(uri(), ".manifest.json", copy);
        Files.setLastModifiedTime(copy, FileTime.fromMillis(1));
        Files.setLastModifiedTime(checkpoint, FileTime.fromMillis(1));
        Files.setLastModifiedTime(
                copy.resolveSibling(sha256 + ".manifest.json"), FileTime.fromMillis(1));
        Path other = Records.model(directory.resolve("other"), 2);
        String otherSha256 = ModelReader.read(other).checksum();
        Path second = copies.of(other.toUri().toString(), otherSha256);
        try (Stream<Path> left = Files.list(directory.resolve("copies"))) {
            assertThat(left).containsExactly(second);
        }
    }
}
