package io.dienstream.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.train.manifest.TrainingManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopiedManifestTest {
    @TempDir private Path directory;

    /** It was uploaded, or copied by a release of before, when half of it was there. */
    @Test
    void oneThatIsCutIsSaidOnceAndCopiedAnewTheNextTime() throws IOException {
        Path copy = directory.resolve("copy");
        Path manifest = TrainingManifest.beside(copy);
        assertThatCode(() -> KafkaRollout.requireManifest(copy)).doesNotThrowAnyException();
        Files.writeString(manifest, "{\"format\": \"dien-tra");
        assertThatThrownBy(() -> KafkaRollout.requireManifest(copy))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(manifest.toString());
        assertThat(manifest).doesNotExist();
    }
}
