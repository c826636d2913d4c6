package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class RecipeTest {
    private static final String BEFORE =
            """
            {"seed": 1, "epochs": 2, "batchSize": 128, "learningRate": 0.001,
             "learningRateDecay": 0.5, "schedule": "STEP", "weightDecay": 0, "clipNorm": 10,
             "auxiliaryWeight": 1, "auxiliaryNetwork": false, "freshNegatives": false,
             "freshEmbeddings": false, "uniformNegatives": false, "unknownRate": 0,
             "averaging": 0, "wholeRequests": false, "patience": 0}
            """;

    @Test
    void aManifestOfBeforeThereWasARateForEmbeddingsHasOne() throws Exception {
        Recipe read = new ObjectMapper().readValue(BEFORE, Recipe.class);
        assertThat(read).isEqualTo(Recipe.of(1, 2, 128, 0.001).learningRateDecay(0.5).build());
        assertThat(read.embeddingRate()).isEqualTo(1);
    }

    @Test
    void aCheckpointOfBeforeThereWasOneIsOfTheSameTraining() {
        String now = Recipe.of(1, 2, 128, 0.001).build() + " config data";
        String then = now.replace(", embeddingRate=1.0", "");
        assertThat(then).endsWith("patience=0] config data");
        assertThat(Training.isSame(then, now)).isTrue();
        String other = Recipe.of(1, 2, 128, 0.001).embeddingRate(2).build() + " config data";
        assertThat(Training.isSame(then, other)).isFalse();
    }

    @Test
    void embeddingsCannotStandStill() {
        assertThatThrownBy(() -> Recipe.of(1, 2, 128, 0.001).embeddingRate(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("embeddingRate=0.0");
    }

    /** The network around embeddings that learn slower decays at the full rate. */
    @Test
    void weightDecayIsBoundedByTheFasterOfBothRates() {
        Recipe.Builder decaying = Recipe.of(1, 2, 128, 0.01).weightDecay(500);
        assertThatThrownBy(() -> decaying.embeddingRate(0.1).build())
                .hasMessage("weightDecay=500.0");
    }
}
