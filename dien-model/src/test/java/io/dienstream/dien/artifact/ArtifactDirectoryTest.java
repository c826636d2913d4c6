package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are not the artifact's own, or no files, or more than it can have. */
class ArtifactDirectoryTest {
    private static final String VOCABULARY = "\"vocabulary/item.txt\"";

    @TempDir private Path temporary;
    private Path artifact;

    @BeforeEach
    void writeGoodArtifact() throws IOException {
        artifact = temporary.resolve("model");
        RandomModels.write(
                artifact,
                RandomModels.config(Architecture.DIEN, AttentionType.MLP, GateForm.PAPER, 10),
                1);
    }

    private void refuses(String... parts) {
        assertThatThrownBy(() -> ModelReader.read(artifact))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContainingAll(parts);
    }

    @ParameterizedTest
    @CsvSource({
        "'a\0b.txt', holds a control character",
        "'a\nb.txt', holds a control character",
        "/etc/hostname, leaves the artifact",
        "., the name of another",
        "model.json, the name of another",
        "vocabulary/../weights.safetensors, the name of another",
        "./seal.json, the name of another",
        "golden.jsonl, the name of another",
        "vocabulary, is no file",
        "vocabulary/none.txt, is missing"
    })
    void refusesAVocabularyThatIsNoFileOfItsOwn(String name, String why) throws IOException {
        Path config = artifact.resolve(ModelReader.CONFIG_FILE);
        String quoted = new ObjectMapper().writeValueAsString(name);
        Files.writeString(config, Files.readString(config).replace(VOCABULARY, quoted));
        refuses(why);
        assertThatThrownBy(() -> ModelReader.read(artifact))
                .as("on one line, with nothing that moves a terminal's cursor")
                .hasMessageMatching("\\P{Cntrl}+");
    }

    /** A link out of the artifact would let its author read what the job may read. */
    @ParameterizedTest
    @CsvSource({"model.json", "weights.safetensors", "vocabulary/item.txt", "seal.json"})
    void refusesALinkOutOfTheArtifactAndFollowsOneInside(String name) throws IOException {
        Seal.write(artifact, null);
        Path file = artifact.resolve(name);
        Path outside = Files.move(file, temporary.resolve("outside"));
        Files.createSymbolicLink(file, outside);
        refuses(name, "leads out of the artifact's directory");
        Files.delete(file);
        Path versions = Files.createDirectory(artifact.resolve("..data"));
        Files.move(outside, versions.resolve("ids"));
        Files.createSymbolicLink(file, file.getParent().relativize(versions.resolve("ids")));
        ModelReader.read(artifact);
        // and the whole artifact may be reached by a link
        Path current = Files.createSymbolicLink(temporary.resolve("current"), artifact);
        ModelReader.read(current);
    }

    @Test
    void refusesALinkedDirectoryOutOfTheArtifactAndALinkToItself() throws IOException {
        Path inside = artifact.resolve("vocabulary");
        Path outside = Files.move(inside, temporary.resolve("outside"));
        Files.createSymbolicLink(inside, outside);
        refuses("vocabulary/item.txt", "leads out of the artifact's directory");
        Files.delete(inside);
        Files.createSymbolicLink(inside, Path.of("vocabulary"));
        refuses("vocabulary/item.txt", "cannot be opened");
    }

    /** A file of nothing but holes takes no disk, and would take all memory. */
    @Test
    void refusesFilesThatAreLargerThanTheyCanBe() throws IOException {
        for (String name : List.of("model.json", "vocabulary/item.txt", "weights.safetensors")) {
            Path file = artifact.resolve(name);
            byte[] before = Files.readAllBytes(file);
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(1), 1_500_000_000L);
            }
            refuses(name, "is larger than the");
            Files.write(file, before);
        }
        ModelReader.read(artifact);
    }
}
