package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.artifact.ModelWriter;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmStartTest {
    private static final int WIDTH = 2;
    private static final Map<String, List<String>> OLD =
            Map.of("item", List.of("a", "b", "c"), "category", List.of("x", "y"));

    @TempDir private Path directory;
    private final Map<String, float[]> tensors = new LinkedHashMap<>();
    private WarmStart parent;

    private static Manifest manifest(String... ads) {
        List<ModelConfig.Field> fields =
                Arrays.stream(ads).map(n -> new ModelConfig.Field(n, n)).toList();
        Map<String, Integer> sizes = new LinkedHashMap<>();
        for (String ad : ads) {
            sizes.put(ad, OLD.getOrDefault(ad, List.of()).size());
        }
        return new Manifest(
                Manifest.FORMAT,
                "small",
                fields,
                fields,
                List.of(),
                List.of(),
                8,
                Map.of(),
                Map.of(),
                sizes,
                List.of(),
                0);
    }

    @BeforeEach
    void writeParent() throws IOException {
        ModelConfig config =
                new ModelConfigs(
                                "parent",
                                "1",
                                Architecture.DIEN,
                                AttentionType.BILINEAR,
                                GateForm.PAPER,
                                WIDTH,
                                Map.of(),
                                List.of(3))
                        .of(manifest("item", "category"));
        TensorShapes.of(config)
                .forEach(
                        (name, shape) -> {
                            float[] data =
                                    new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
                            for (int i = 0; i < data.length; i++) {
                                data[i] = 1 + i;
                            }
                            tensors.put(name, data);
                        });
        ModelWriter.write(directory.resolve("parent"), config, tensors, OLD);
        parent = WarmStart.from(directory.resolve("parent"));
    }

    private static CatalogEntry ad(String item, String category) {
        return new CatalogEntry(Map.of("item", item, "category", category), 1);
    }

    /**
     * Item rows are 1 2 | 3 4 | 5 6 | 7 8, those of unknown, a, b, c; a and c are of category x.
     */
    @Test
    void rowsKeepTheirPlaceAndNewOnesStartFromTheMeanOfTheirCategory() {
        Map<String, List<String>> vocabularies =
                parent.vocabularies(
                        Map.of(
                                "item",
                                List.of("new", "c", "other", "alone"),
                                "category",
                                List.of("z", "y")));
        assertThat(vocabularies)
                .containsEntry("item", List.of("a", "b", "c", "new", "other", "alone"))
                .containsEntry("category", List.of("x", "y", "z"));
        Map<String, float[]> grown =
                parent.tensors(
                        vocabularies,
                        List.of(
                                ad("a", "x"),
                                ad("b", "y"),
                                ad("c", "x"),
                                ad("new", "x"),
                                ad("other", "y"),
                                ad("alone", "z")));
        float[] items = grown.get("embedding.item");
        assertThat(Arrays.copyOf(items, 8)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(Arrays.copyOfRange(items, 8, 10)).as("a and c").containsExactly(5, 6);
        assertThat(Arrays.copyOfRange(items, 10, 12)).as("b").containsExactly(5, 6);
        assertThat(Arrays.copyOfRange(items, 12, 14)).as("all").containsExactly(5, 6);
        float[] categories = grown.get("embedding.category");
        assertThat(Arrays.copyOfRange(categories, 6, 8)).containsExactly(4, 5);
        tensors.forEach(
                (name, data) -> {
                    if (!name.startsWith("embedding.")) {
                        assertThat(grown.get(name)).as(name).containsExactly(data, within(0f));
                    }
                });
    }

    @Test
    void theNetworkIsTheParentsWithMoreRows() throws IOException {
        Map<String, List<String>> vocabularies =
                parent.vocabularies(Map.of("item", List.of("new"), "category", List.of()));
        ModelConfig config =
                parent.config(manifest("category", "item"), "parent", "2", vocabularies);
        assertThat(config.embeddings().get("item").rows()).isEqualTo(5);
        assertThat(config.embeddings().get("category").rows()).as("never fewer").isEqualTo(3);
        assertThat(config.adFields()).isEqualTo(parent.parent().adFields());
        ModelWriter.write(
                directory.resolve("child"),
                config,
                parent.tensors(vocabularies, List.of()),
                vocabularies);
        assertThat(ModelReader.read(directory.resolve("child")).config()).isEqualTo(config);
    }

    @Test
    void dataWithOtherFieldsIsRefusedByName() {
        assertThatThrownBy(
                        () ->
                                parent.config(
                                        manifest("item", "category", "brand"),
                                        "parent",
                                        "2",
                                        parent.vocabularies(Map.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the data has [brand, category, item]");
        assertThatThrownBy(
                        () ->
                                parent.config(
                                        manifest("item"), "p", "2", parent.vocabularies(Map.of())))
                .hasMessageContaining("changes no field");
    }
}
