package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.evaluation.Quality;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A training whose steps take out the rows that they need, and one whose steps go over all. */
class WholeTablesIT {
    private static final Engine ENGINE = TorchEngine.start(1);

    @TempDir private Path directory;

    private static Recipe recipe(long seed, double weightDecay, double averaging) {
        return Recipe.of(seed, 2, 32, 0.005)
                .learningRateDecay(0.5)
                .weightDecay(weightDecay)
                .clipNorm(1)
                .freshEmbeddings(true)
                .unknownRate(0.02)
                .averaging(averaging)
                .build();
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "2, 0.01, 0", "3, 0.01, 0.99"})
    void giveTheSameModel(long seed, double weightDecay, double averaging) throws IOException {
        Dataset data = SmallDataset.write(directory.resolve("data"), 2500, 3);
        Recipe recipe = recipe(seed, weightDecay, averaging);
        double sparse = auc(data, recipe, false);
        double whole = auc(data, recipe, true);
        assertThat(whole).isGreaterThan(0.6);
        assertThat(sparse).isCloseTo(whole, Offset.offset(averaging > 0 ? 0.01 : 0.003));
    }

    private double auc(Dataset data, Recipe recipe, boolean everyRow) throws IOException {
        ModelConfig config =
                new ModelConfigs(
                                "small",
                                "1",
                                Architecture.DIEN,
                                AttentionType.BILINEAR,
                                GateForm.PAPER,
                                6,
                                Map.of(),
                                List.of(24, 12))
                        .of(data.manifest());
        Path model = directory.resolve(everyRow ? "whole" : "sparse");
        try (Training training =
                new Training(
                        data,
                        config,
                        recipe,
                        FirstValues.random(data),
                        new TrainingStep(config, recipe, ENGINE, everyRow),
                        null,
                        0,
                        TrainingListener.SILENT)) {
            assertThat(training.run()).isTrue();
            new ArtifactExport(config, data.vocabularies(), ENGINE, 1)
                    .write(model, training.best());
        }
        Scorer scorer = new Scorer(ModelReader.read(model), KernelsProvider.get());
        return Quality.of(new ExampleScorer(scorer).score(data, Split.TEST, n -> {})).auc();
    }
}
