package io.dienstream.dien;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.artifact.ModelWriter;
import io.dienstream.dien.model.Activation;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Artifacts with random weights, written and read back. */
public final class RandomModels {
    public static final int ITEMS = 20;

    private RandomModels() {}

    /** Item by vocabulary i0..i18, category by hash; hidden size 5 differs from the width 7. */
    public static ModelConfig config(
            Architecture architecture, AttentionType attention, GateForm gate, int maxLength) {
        Map<String, ModelConfig.EmbeddingConfig> embeddings = new LinkedHashMap<>();
        embeddings.put(
                "item",
                new ModelConfig.EmbeddingConfig(
                        ITEMS, 4, new ModelConfig.Encoding("vocabulary/item.txt")));
        embeddings.put(
                "category", new ModelConfig.EmbeddingConfig(7, 3, new ModelConfig.Encoding(null)));
        List<ModelConfig.Field> both =
                List.of(
                        new ModelConfig.Field("item", "item"),
                        new ModelConfig.Field("category", "category"));
        boolean dice = architecture.hasAttention();
        return new ModelConfig(
                "random",
                "7",
                architecture,
                embeddings,
                both,
                both,
                List.of(new ModelConfig.Field("segment", "category")),
                List.of(),
                maxLength,
                architecture.hasInterestStates() ? 5 : 0,
                architecture.hasAttention() ? attention : null,
                gate,
                new ModelConfig.Mlp(
                        List.of(9, 6), dice ? Activation.DICE : Activation.PRELU, 1e-3, 1e-8));
    }

    /** The same with the behavior fields shop, by hash, and item. */
    public static ModelConfig withShops(ModelConfig of) {
        return new ModelConfig(
                of.name(),
                of.version(),
                of.architecture(),
                of.embeddings(),
                List.of(
                        new ModelConfig.Field("shop", "category"),
                        new ModelConfig.Field("item", "item")),
                of.adFields(),
                of.userFields(),
                of.contextFields(),
                of.maxLength(),
                of.hidden(),
                of.attention(),
                of.gate(),
                of.mlp());
    }

    public static Map<String, float[]> tensors(ModelConfig config, long seed) {
        Random random = new Random(seed);
        Map<String, float[]> tensors = new HashMap<>();
        TensorShapes.of(config)
                .forEach(
                        (name, shape) -> {
                            float[] data =
                                    new float[IntStream.of(shape).reduce(1, (a, b) -> a * b)];
                            for (int i = 0; i < data.length; i++) {
                                float v = (float) random.nextGaussian() * 0.6f;
                                data[i] = name.endsWith("variance") ? 0.3f + v * v : v;
                            }
                            tensors.put(name, data);
                        });
        return tensors;
    }

    public static List<String> items() {
        return IntStream.range(0, ITEMS - 1).mapToObj(i -> "i" + i).toList();
    }

    /** Writes the artifact to {@code directory} and reads it. */
    public static Model write(Path directory, ModelConfig config, long seed) throws IOException {
        ModelWriter.write(directory, config, tensors(config, seed), Map.of("item", items()));
        return ModelReader.read(directory);
    }
}
