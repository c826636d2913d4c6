package io.dienstream.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.artifact.Vocabulary;
import io.dienstream.dien.model.Activation;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KnownIdsTest {
    private static Model model() {
        List<ModelConfig.Field> fields = List.of(new ModelConfig.Field("item", "item"));
        var encoding = new ModelConfig.Encoding("vocabulary/item.txt");
        ModelConfig config =
                new ModelConfig(
                        "m",
                        "1",
                        Architecture.BASE,
                        Map.of("item", new ModelConfig.EmbeddingConfig(3, 4, encoding)),
                        fields,
                        fields,
                        List.of(),
                        List.of(),
                        10,
                        0,
                        null,
                        GateForm.PAPER,
                        new ModelConfig.Mlp(List.of(8), Activation.PRELU, 1e-3, 0));
        return new Model(config, null, Map.of("item", Vocabulary.of(List.of("A", "B"))), "");
    }

    @Test
    void aModelOfAnotherLogIsNoticed() {
        KnownIds ids = new KnownIds(model());
        assertThat(ids.warning()).as("nothing seen").isEmpty();
        ids.behavior(Map.of("item", "x"));
        ids.behavior(Map.of("item", "y", "category", "A"));
        assertThat(ids.warning().orElseThrow())
                .contains("none of the 2 ids of the behaviors", "is it the model of this log?");
        ids.behavior(Map.of("item", "A"));
        assertThat(ids.warning()).isEmpty();
        ids.ad(Map.of("item", "x"));
        assertThat(ids.warning().orElseThrow()).contains("none of the 1 ids of the candidates");
        ids.ad(Map.of("item", "B"));
        assertThat(ids.warning()).isEmpty();
    }
}
