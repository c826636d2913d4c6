package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Directories;
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
import io.dienstream.evaluation.Scored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingIT {
    private static final Engine ENGINE = TorchEngine.start(1);

    @TempDir private Path directory;

    private static ModelConfig config(Dataset data, Architecture architecture) {
        return new ModelConfigs(
                        "small",
                        "1",
                        architecture,
                        AttentionType.BILINEAR,
                        GateForm.PAPER,
                        6,
                        Map.of(),
                        List.of(24, 12))
                .of(data.manifest());
    }

    private static Recipe recipe(int epochs, double learningRate, double averaging) {
        double decay = epochs > 10 ? 1 : 0.5;
        return Recipe.of(5, epochs, 64, learningRate)
                .learningRateDecay(decay)
                .averaging(averaging)
                .patience(2)
                .build();
    }

    private Training training(
            Dataset data, Architecture architecture, Recipe recipe, TrainingListener listener)
            throws IOException {
        return new Training(
                data,
                config(data, architecture),
                recipe,
                FirstValues.random(data),
                ENGINE,
                directory.resolve("checkpoints"),
                7,
                listener);
    }

    private static TrainingListener stopAt(long step, Training[] training) {
        return new TrainingListener() {
            @Override
            public void onStep(int epoch, long done, long examples, long of, double loss) {
                if (done == step) {
                    training[0].stop();
                }
            }

            @Override
            public void onEpoch(EpochReport report) {}
        };
    }

    /**
     * The rule of the data gives 0.9 at best, and nothing beats 0.5 without the history. DIN sees
     * the behaviors without their order and cannot know which was the last.
     */
    @ParameterizedTest
    @CsvSource({"DIEN, 0.8", "DIN, 0.7", "AIGRU, 0.8"})
    void learnsTheRuleOfTheDataAndServesIt(Architecture architecture, double floor)
            throws IOException {
        Dataset data = SmallDataset.write(directory.resolve("data"), 6000, 3);
        Map<String, float[]> best;
        try (Training training =
                training(data, architecture, recipe(4, 0.01, 0), TrainingListener.SILENT)) {
            assertThat(training.run()).isTrue();
            best = training.best();
        }
        Path model = directory.resolve("model");
        ModelConfig config = config(data, architecture);
        new ArtifactExport(config, data.vocabularies(), ENGINE, 1).write(model, best);
        Scorer scorer = new Scorer(ModelReader.read(model), KernelsProvider.get());
        Scored scored = new ExampleScorer(scorer).score(data, Split.TEST, n -> {});
        assertThat(Quality.of(scored).auc()).isBetween(floor, 0.93);
    }

    @ParameterizedTest
    @CsvSource({"10, 0", "55, 0.9"})
    void anInterruptedAndResumedTrainingIsTheUninterruptedOne(long stopAt, double averaging)
            throws IOException {
        Dataset data = SmallDataset.write(directory.resolve("data"), 1500, 3);
        Recipe recipe = recipe(2, 0.01, averaging);
        Map<String, float[]> whole;
        List<EpochReport> reports;
        try (Training training =
                training(data, Architecture.DIEN, recipe, TrainingListener.SILENT)) {
            training.run();
            whole = training.best();
            reports = training.reports();
        }
        wipe();
        Training[] holder = new Training[1];
        try (Training training =
                training(data, Architecture.DIEN, recipe, stopAt(stopAt, holder))) {
            holder[0] = training;
            assertThat(training.run()).isFalse();
            assertThat(training.steps()).isEqualTo(stopAt);
        }
        try (Training training =
                training(data, Architecture.DIEN, recipe, TrainingListener.SILENT)) {
            assertThat(training.resume()).isTrue();
            assertThat(training.steps()).isEqualTo(stopAt);
            assertThat(training.run()).isTrue();
            assertThat(training.best()).containsOnlyKeys(whole.keySet());
            whole.forEach(
                    (name, values) ->
                            assertThat(training.best().get(name)).as(name).isEqualTo(values));
            for (int e = 0; e < reports.size(); e++) {
                assertThat(training.reports().get(e).loss()).isEqualTo(reports.get(e).loss());
                assertThat(training.reports().get(e).validationAuc())
                        .isEqualTo(reports.get(e).validationAuc());
            }
        }
    }

    private void wipe() throws IOException {
        Directories.delete(directory.resolve("checkpoints"));
    }

    @Test
    void aCheckpointOfAnotherTrainingIsRefused() throws IOException {
        Dataset data = SmallDataset.write(directory.resolve("data"), 400, 3);
        try (Training training =
                training(data, Architecture.DIEN, recipe(1, 0.01, 0), TrainingListener.SILENT)) {
            training.run();
        }
        try (Training other =
                training(data, Architecture.DIEN, recipe(1, 0.02, 0), TrainingListener.SILENT)) {
            assertThatThrownBy(other::resume)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("other settings")
                    .hasMessageContaining("learningRate=0.02");
        }
        Dataset otherData = SmallDataset.write(directory.resolve("other"), 500, 4);
        try (Training other =
                training(
                        otherData,
                        Architecture.DIEN,
                        recipe(1, 0.01, 0),
                        TrainingListener.SILENT)) {
            assertThatThrownBy(other::resume).hasMessageContaining("other settings");
        }
    }

    /** A learning rate that throws the weights beyond what a float holds. */
    @Test
    void aLossThatIsNoNumberStopsTheTrainingAndKeepsTheLastCheckpoint() throws IOException {
        Dataset data = SmallDataset.write(directory.resolve("data"), 1500, 3);
        try (Training training =
                training(data, Architecture.DIEN, recipe(3, 1e37, 0), TrainingListener.SILENT)) {
            assertThatThrownBy(training::run)
                    .isInstanceOf(NotFiniteException.class)
                    .hasMessageMatching("step \\d+: the (loss is|gradient of) .*");
        }
        try (Training training =
                training(data, Architecture.AIGRU, recipe(1, 0.01, 0), TrainingListener.SILENT)) {
            // no checkpoint with what is not finite was left
            Path checkpoints = directory.resolve("checkpoints");
            if (Files.isDirectory(checkpoints)) {
                for (float[] values :
                        Checkpoint.newest(checkpoints).orElseThrow().tensors().values()) {
                    for (float v : values) {
                        assertThat(v).isFinite();
                    }
                }
            }
            assertThat(training.steps()).isZero();
        }
    }

    @Test
    void stopsEarlyAndKeepsTheLastOfTheBestEpochs() throws IOException {
        Dataset data = SmallDataset.write(directory.resolve("data"), 700, 3);
        List<EpochReport> reports = new ArrayList<>();
        List<Map<String, float[]>> bests = new ArrayList<>();
        Training[] holder = new Training[1];
        TrainingListener listener =
                new TrainingListener() {
                    @Override
                    public void onStep(int e, long step, long examples, long of, double loss) {}

                    @Override
                    public void onEpoch(EpochReport report) {
                        reports.add(report);
                        bests.add(holder[0].best());
                    }
                };
        Recipe overfitting = recipe(40, 0.02, 0);
        try (Training training = training(data, Architecture.DIEN, overfitting, listener)) {
            holder[0] = training;
            assertThat(training.run()).isTrue();
            assertThat(reports).hasSizeLessThan(40);
            int last = reports.size() - 1;
            assertThat(reports.get(last).best()).isFalse();
            assertThat(reports.get(last - 1).best()).isFalse();
            assertThat(reports.get(last - 2).best()).isTrue();
            assertThat(training.best()).isSameAs(bests.get(last - 2));
            double highest =
                    reports.stream().mapToDouble(EpochReport::validationAuc).max().getAsDouble();
            assertThat(reports.get(last - 2).validationAuc()).isGreaterThan(highest - 0.04);
            assertThat(reports.get(last).validationAuc()).isLessThan(highest);
        }
    }

    @Test
    void onlyTheNewestCheckpointIsKept() throws IOException {
        Dataset data = SmallDataset.write(directory.resolve("data"), 1000, 3);
        try (Training training =
                training(data, Architecture.BASE, recipe(1, 0.01, 0), TrainingListener.SILENT)) {
            training.run();
            try (Stream<Path> left = Files.list(directory.resolve("checkpoints"))) {
                assertThat(left.map(p -> p.getFileName().toString()))
                        .containsExactly("step-" + training.steps());
            }
        }
    }
}
