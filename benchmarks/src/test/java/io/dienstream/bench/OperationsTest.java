package io.dienstream.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationsTest {
    @TempDir private Path directory;

    private ModelConfig config(AttentionType attention) throws IOException {
        Path model = directory.resolve(attention.name());
        PaperModel.write(model, attention);
        return ModelReader.read(model).config();
    }

    /**
     * H = 36, e = 36, T = 2. AUGRU 3 * 36 * 36 * 2 = 7776; query 36 * 36 = 1296 and scores 36 * 2 =
     * 72; MLP 108 * 200 + 200 * 80 + 80 = 37680: 46824 products and as many sums.
     */
    @Test
    void ofAHandWorkedCase() throws IOException {
        assertThat(Operations.ofCandidate(config(AttentionType.BILINEAR), 2)).isEqualTo(2 * 46824);
    }

    /**
     * The mlp attention instead: Q 36 * 36, per ad 80 * 36, per pair 80 * 36 + 40 * 80 + 40 = 6120.
     */
    @Test
    void ofTheMlpAttention() throws IOException {
        double expected = 7776 + 1296 + 2880 + 2 * 6120 + 37680;
        assertThat(Operations.ofCandidate(config(AttentionType.MLP), 2)).isEqualTo(2 * expected);
    }

    @Test
    void doesNotGuessForOthers() throws IOException {
        ModelConfig c = config(AttentionType.BILINEAR);
        ModelConfig aigru =
                new ModelConfig(
                        c.name(),
                        c.version(),
                        Architecture.AIGRU,
                        c.embeddings(),
                        c.behaviorFields(),
                        c.adFields(),
                        c.userFields(),
                        c.contextFields(),
                        c.maxLength(),
                        c.hidden(),
                        c.attention(),
                        c.gate(),
                        c.mlp());
        assertThatThrownBy(() -> Operations.ofCandidate(aigru, 2))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
