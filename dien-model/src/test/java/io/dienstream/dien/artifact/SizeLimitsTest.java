package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sizes that are allowed one by one, and multiply to what no process has. */
class SizeLimitsTest {
    private static final Path FILE = Path.of("model.json");
    private static final ModelConfig GOOD =
            RandomModels.config(Architecture.DIEN, AttentionType.MLP, GateForm.PAPER, 10);

    private static ModelConfig with(
            Map<String, ModelConfig.EmbeddingConfig> embeddings,
            List<ModelConfig.Field> behavior,
            int maxLength,
            int hidden,
            List<Integer> layers) {
        return new ModelConfig(
                GOOD.name(),
                GOOD.version(),
                GOOD.architecture(),
                embeddings,
                behavior,
                behavior,
                GOOD.userFields(),
                GOOD.contextFields(),
                maxLength,
                hidden,
                GOOD.attention(),
                GOOD.gate(),
                new ModelConfig.Mlp(layers, GOOD.mlp().activation(), 1e-3, 1e-8));
    }

    private static ModelConfig with(int maxLength, int hidden, List<Integer> layers) {
        return with(GOOD.embeddings(), GOOD.behaviorFields(), maxLength, hidden, layers);
    }

    private static void refuses(ModelConfig config, String... parts) {
        assertThatThrownBy(() -> SizeLimits.check(config, FILE))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("model.json: ")
                .hasMessageContainingAll(parts);
    }

    @Test
    void takesWhatModelsHave() {
        assertThatCode(() -> SizeLimits.check(GOOD, FILE)).doesNotThrowAnyException();
        assertThatCode(() -> SizeLimits.check(with(10_000, 1024, List.of(1024, 512)), FILE))
                .doesNotThrowAnyException();
    }

    /** 3 * 65536 * 65536 numbers are none to an int. */
    @Test
    void refusesHistoriesThatNoArrayHolds() {
        refuses(with(1 << 16, 1 << 15, List.of(9)), "sequence.max_length", "65536 behaviors");
        refuses(with(1 << 16, 300, List.of(9)), "sequence.max_length", "900 numbers each");
    }

    @Test
    void refusesLayersThatNoHeapHolds() {
        refuses(with(10, 1 << 14, List.of(9)), "hidden", "extractor.recurrent.weight");
        refuses(with(10, 5, List.of(1 << 16, 1 << 16)), "mlp.hidden", "mlp.hidden2.weight");
    }

    @Test
    void refusesFieldsThatAreTooWideTogether() {
        Map<String, ModelConfig.EmbeddingConfig> wide = new HashMap<>(GOOD.embeddings());
        wide.put(
                "wide",
                new ModelConfig.EmbeddingConfig(2, 1 << 16, new ModelConfig.Encoding(null)));
        List<ModelConfig.Field> many =
                Collections.nCopies(40_000, new ModelConfig.Field("f", "wide"));
        refuses(with(wide, many, 10, 5, List.of(9)), "fields.behavior", "2621440000 wide");
    }

    /** Each row count is an int; together they overflow a long. */
    @Test
    void refusesWeightsThatNoDiskHolds() {
        Map<String, ModelConfig.EmbeddingConfig> huge = new HashMap<>(GOOD.embeddings());
        for (int n = 0; n < 70_000; n++) {
            huge.put(
                    "e" + n,
                    new ModelConfig.EmbeddingConfig(
                            Integer.MAX_VALUE, 1 << 16, new ModelConfig.Encoding(null)));
        }
        ModelConfig config = with(huge, GOOD.behaviorFields(), 10, 5, List.of(9));
        refuses(config, "embeddings", "bytes");
        assertThat(SizeLimits.weightBytes(TensorShapes.of(config))).isPositive();
    }

    @Test
    void aVocabularyIsBoundedByItsRowsAndInAll() {
        assertThat(SizeLimits.vocabularyBytes(20)).isEqualTo(20 * 1024);
        assertThat(SizeLimits.vocabularyBytes(Integer.MAX_VALUE)).isEqualTo(64L << 30);
    }
}
