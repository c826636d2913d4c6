package io.dienstream.job.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        copies = new ModelCopies(directory.resolve("copies"));
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
}
