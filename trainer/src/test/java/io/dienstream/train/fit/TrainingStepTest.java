package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.batch.Batch;
import io.dienstream.train.batch.EncodedExample;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingStepTest {
    private static final Engine ENGINE = TorchEngine.start(1);
    private static final ModelConfig CONFIG =
            RandomModels.config(Architecture.AUGRU, AttentionType.MLP, GateForm.OFFICIAL, 6);
    private static final Recipe RECIPE = Recipe.of(1, 1, 2, 0.01).auxiliaryWeight(0).build();

    private static Batch batch() {
        EncodedExample example =
                new EncodedExample(
                        new int[] {1},
                        new int[0],
                        new int[] {3, 1, 4, 2},
                        new int[] {5, 1, 6, 2},
                        new boolean[] {true, false},
                        new boolean[2]);
        List<Batch.Row> rows = List.of(new Batch.Row(example, 0), new Batch.Row(example, 1));
        return new Batch(CONFIG, rows, null, null);
    }

    @Test
    void whatIsWrongWithTheWeightsStopsAndNamesTheTensor() {
        try (TrainingStep step = new TrainingStep(CONFIG, RECIPE, ENGINE)) {
            float[] weights = step.parameters.get("extractor.input.weight").toFloatArray();
            weights[3] = Float.NaN;
            step.parameters.get("extractor.input.weight").set(weights);
            assertThatThrownBy(() -> step.run(batch(), 0.01))
                    .isInstanceOf(NotFiniteException.class)
                    .hasMessageContaining("first in tensor extractor.input.weight");
        }
    }
}
