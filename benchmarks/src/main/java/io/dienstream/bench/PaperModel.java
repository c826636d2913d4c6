package io.dienstream.bench;

import io.dienstream.dien.artifact.ModelWriter;
import io.dienstream.dien.artifact.TensorSource;
import io.dienstream.dien.model.Activation;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/** DIEN with random weights in the paper's sizes: item and category of 18, H = 36, MLP 200-80. */
public final class PaperModel {
    private static final int ITEMS = 20_000;
    private static final int CATEGORIES = 1_000;
    private static final int WIDTH = 18;
    private static final int LONGEST = 300;
    private static final long SEED = 7;

    /** The width of a uniform distribution of deviation 1. */
    private static final double UNIFORM = Math.sqrt(12);

    private PaperModel() {}

    static void write(Path directory, AttentionType attention) throws IOException {
        write(directory, attention, LONGEST);
    }

    /** Writes an artifact that retains {@code maxLength} behaviors. */
    public static void write(Path directory, AttentionType attention, int maxLength)
            throws IOException {
        write(directory, attention, maxLength, ITEMS, SEED);
    }

    /**
     * Likewise, with another catalog and other weights.
     *
     * @param items rows of the items' embedding, 81 bytes of artifact each; no more of them is in
     *     memory at once than is written at once
     * @param seed another one makes another version of the same model
     */
    public static void write(
            Path directory, AttentionType attention, int maxLength, int items, long seed)
            throws IOException {
        Random random = new Random(seed);
        write(directory, config(attention, maxLength, items), random::nextGaussian);
    }

    /** Likewise, of numbers that are drawn in a tenth of the time: uniform ones. */
    static void writeUniform(Path directory, int maxLength, int items, long seed)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        write(
                directory,
                config(AttentionType.BILINEAR, maxLength, items),
                () -> UNIFORM * (random.nextDouble() - 0.5));
    }

    /**
     * @param numbers of mean 0 and deviation 1
     */
    private static void write(Path directory, ModelConfig config, DoubleSupplier numbers)
            throws IOException {
        Map<String, TensorSource> tensors = new HashMap<>();
        TensorShapes.of(config)
                .forEach((name, shape) -> tensors.put(name, tensor(name, shape, numbers)));
        int items = config.embeddings().get("item").rows();
        Map<String, Iterable<String>> ids =
                Map.of("item", ids("i", items - 1), "category", ids("c", CATEGORIES - 1));
        ModelWriter.writeFrom(directory, config, tensors, ids);
    }

    private static ModelConfig config(AttentionType attention, int maxLength, int items) {
        Map<String, ModelConfig.EmbeddingConfig> embeddings = new LinkedHashMap<>();
        embeddings.put("item", embedding(items, "item"));
        embeddings.put("category", embedding(CATEGORIES, "category"));
        List<ModelConfig.Field> fields =
                List.of(
                        new ModelConfig.Field("item", "item"),
                        new ModelConfig.Field("category", "category"));
        return new ModelConfig(
                "paper",
                "1",
                Architecture.DIEN,
                embeddings,
                fields,
                fields,
                List.of(),
                List.of(),
                maxLength,
                2 * WIDTH,
                attention,
                GateForm.PAPER,
                new ModelConfig.Mlp(List.of(200, 80), Activation.DICE, 1e-3, 1e-8));
    }

    private static ModelConfig.EmbeddingConfig embedding(int rows, String name) {
        return new ModelConfig.EmbeddingConfig(
                rows, WIDTH, new ModelConfig.Encoding("vocabulary/" + name + ".txt"));
    }

    private static Iterable<String> ids(String prefix, int n) {
        return () -> IntStream.range(0, n).mapToObj(i -> prefix + i).iterator();
    }

    /**
     * As large as trained ones are: a layer's outputs about as large as its inputs. The writer's
     * order of tensors is always the same, and so are the numbers.
     */
    private static TensorSource tensor(String name, int[] shape, DoubleSupplier numbers) {
        double deviation = shape.length == 1 ? 0.1 : 1 / Math.sqrt(shape[1]);
        boolean isVariance = name.endsWith("variance");
        return (from, to, n) -> {
            for (int i = 0; i < n; i++) {
                double v = deviation * numbers.getAsDouble();
                to[i] = (float) (isVariance ? 1 + v * v : v);
            }
        };
    }
}
