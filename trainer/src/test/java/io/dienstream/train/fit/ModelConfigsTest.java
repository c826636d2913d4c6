package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no artifact can have is refused before the first step, not after the last. */
class ModelConfigsTest {
    @TempDir private Path directory;

    private static ModelConfigs configs(
            String name, String version, int width, int rows, List<Integer> mlp) {
        return new ModelConfigs(
                name,
                version,
                Architecture.DIEN,
                AttentionType.BILINEAR,
                GateForm.PAPER,
                width,
                Map.of("item", rows),
                mlp);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 1, 18, 100, 80, the model's name is empty",
        "m, '', 18, 100, 80, the model's version is empty",
        "m, 1, 0, 100, 80, embedding width: 0 is not from 1 to 65536",
        "m, 1, 70000, 100, 80, embedding width: 70000 is not from 1 to 65536",
        "m, 1, 18, 1, 80, hash: item needs at least 2 rows",
        "m, 1, 18, 100, 70000, mlp: 70000 is not from 1 to 65536",
        "m, 1, 18, 100, 0, mlp: 0 is not from 1 to 65536"
    })
    void whatNoModelCanHaveIsRefused(
            String name, String version, int width, int rows, int mlp, String message) {
        assertThatThrownBy(() -> configs(name, version, width, rows, List.of(200, mlp)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aDataSetsLengthAndFieldsHaveToFitAModel() throws IOException {
        Dataset dataset = SmallDataset.write(directory.resolve("data"), 20, 2);
        Manifest m = dataset.manifest();
        assertThat(configs("m", "1", 18, 100, List.of(8)).of(m).maxLength())
                .isEqualTo(m.maxLength());
        assertThatThrownBy(() -> configs("m", "1", 40_000, 100, List.of(8)).of(m))
                .hasMessage("embedding width: 40000 times 2 fields is more than 65536");
        Manifest longer =
                new Manifest(
                        m.format(),
                        m.name(),
                        m.behaviorFields(),
                        m.adFields(),
                        m.userFields(),
                        m.contextFields(),
                        100_000,
                        m.settings(),
                        m.splits(),
                        m.vocabularies(),
                        m.sources(),
                        m.refusedLines());
        assertThatThrownBy(() -> configs("m", "1", 18, 100, List.of(8)).of(longer))
                .hasMessageContaining("up to 100000 behaviors, a model's at most 65536");
    }

    @ParameterizedTest
    @ValueSource(strings = {"position", "propensity"})
    void whatIsKnownOnlyAfterServingIsNoFeature(String field) throws IOException {
        Manifest m = SmallDataset.write(directory.resolve("data"), 20, 2).manifest();
        Manifest withIt =
                new Manifest(
                        m.format(),
                        m.name(),
                        m.behaviorFields(),
                        m.adFields(),
                        m.userFields(),
                        List.of(new ModelConfig.Field(field, field)),
                        m.maxLength(),
                        m.settings(),
                        m.splits(),
                        m.vocabularies(),
                        m.sources(),
                        m.refusedLines());
        assertThatThrownBy(() -> configs("m", "1", 18, 100, List.of(8)).of(withIt))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("field '" + field + "' is known only after");
    }
}
