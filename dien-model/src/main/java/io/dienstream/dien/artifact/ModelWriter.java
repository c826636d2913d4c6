package io.dienstream.dien.artifact;

import io.dienstream.dien.file.NamedOutput;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** Writes an artifact directory. Nothing stands under the final name until all of it is there. */
public final class ModelWriter {
    private ModelWriter() {}

    /**
     * @param directory must not exist
     * @param tensors by name, row-major, shapes as {@link TensorShapes} says
     * @param vocabularies ids by embedding name, for each embedding with a vocabulary
     * @throws IllegalArgumentException where a tensor or vocabulary is missing or of a wrong size
     */
    public static void write(
            Path directory,
            ModelConfig config,
            Map<String, float[]> tensors,
            Map<String, List<String>> vocabularies)
            throws IOException {
        check(TensorShapes.of(config), tensors);
        Map<String, TensorSource> sources = new LinkedHashMap<>();
        tensors.forEach((name, values) -> sources.put(name, TensorSource.of(values)));
        writeFrom(directory, config, sources, vocabularies);
    }

    /**
     * Likewise, from what is read a piece at a time: an artifact may be larger than memory.
     *
     * @param tensors by name, read one after the other in the order of {@link TensorShapes}
     * @param vocabularies ids by embedding name, each gone through once
     * @throws IllegalArgumentException where a tensor or vocabulary is missing
     */
    public static void writeFrom(
            Path directory,
            ModelConfig config,
            Map<String, TensorSource> tensors,
            Map<String, ? extends Iterable<String>> vocabularies)
            throws IOException {
        requireAll(config, tensors, vocabularies);
        Path target = directory.toAbsolutePath();
        Files.createDirectories(target.getParent());
        // unlike a temporary directory of the JDK it is not for its owner alone
        Path temporary =
                Files.createDirectory(target.resolveSibling(".writing-" + UUID.randomUUID()));
        try {
            fill(temporary, config, tensors, vocabularies);
            ModelReader.read(temporary);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            deleteIfPresent(temporary);
        }
    }

    private static void fill(
            Path temporary,
            ModelConfig config,
            Map<String, TensorSource> tensors,
            Map<String, ? extends Iterable<String>> vocabularies)
            throws IOException {
        NamedOutput.write(
                temporary.resolve(ModelReader.CONFIG_FILE),
                Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json(config)));
        Path weights = temporary.resolve(ModelReader.WEIGHTS_FILE);
        SafeTensors.writeFrom(weights, TensorShapes.of(config), tensors);
        for (Map.Entry<String, ModelConfig.EmbeddingConfig> e : config.embeddings().entrySet()) {
            if (!e.getValue().encoding().isHash()) {
                Path file = temporary.resolve(e.getValue().encoding().vocabularyFile());
                Files.createDirectories(file.getParent());
                Vocabulary.write(file, vocabularies.get(e.getKey()));
            }
        }
    }

    private static void requireAll(
            ModelConfig config, Map<String, TensorSource> tensors, Map<String, ?> vocabularies) {
        for (String name : TensorShapes.of(config).keySet()) {
            if (!tensors.containsKey(name)) {
                throw new IllegalArgumentException("tensor=%s is missing".formatted(name));
            }
        }
        config.embeddings()
                .forEach(
                        (name, e) -> {
                            if (!e.encoding().isHash() && !vocabularies.containsKey(name)) {
                                throw new IllegalArgumentException(
                                        "embedding=%s needs a vocabulary".formatted(name));
                            }
                        });
    }

    /** What a failure left behind, a full disk for one. */
    private static void deleteIfPresent(Path directory) throws IOException {
        if (Files.exists(directory)) {
            List<Path> paths;
            try (Stream<Path> walk = Files.walk(directory)) {
                paths = walk.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : paths) {
                Files.delete(path);
            }
        }
    }

    private static void check(Map<String, int[]> shapes, Map<String, float[]> tensors) {
        shapes.forEach(
                (name, shape) -> {
                    long elements = SizeLimits.numbers(shape);
                    float[] data = tensors.get(name);
                    if (data == null || data.length != elements) {
                        throw new IllegalArgumentException(
                                "tensor=%s needs elements=%d, got %s"
                                        .formatted(
                                                name,
                                                elements,
                                                data == null ? "none" : data.length));
                    }
                });
    }

    private static Map<String, Object> json(ModelConfig c) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", ConfigParser.FORMAT);
        json.put("name", c.name());
        json.put("version", c.version());
        json.put("architecture", c.architecture().key());
        Map<String, Object> embeddings = new LinkedHashMap<>();
        c.embeddings().forEach((name, e) -> embeddings.put(name, embedding(e)));
        json.put("embeddings", embeddings);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("behavior", c.behaviorFields());
        fields.put("ad", c.adFields());
        fields.put("user", c.userFields());
        fields.put("context", c.contextFields());
        json.put("fields", fields);
        json.put("sequence", Map.of("max_length", c.maxLength()));
        if (c.architecture().hasInterestStates()) {
            json.put("hidden", c.hidden());
            json.put("evolution", Map.of("gate", key(c.gate())));
        }
        if (c.architecture().hasAttention()) {
            json.put("attention", Map.of("type", key(c.attention())));
        }
        Map<String, Object> mlp = new LinkedHashMap<>();
        mlp.put("hidden", c.mlp().hidden());
        mlp.put("activation", key(c.mlp().activation()));
        mlp.put("norm_epsilon", c.mlp().normEpsilon());
        mlp.put("dice_epsilon", c.mlp().diceEpsilon());
        json.put("mlp", mlp);
        if (c.logitOffset() != 0) {
            json.put("logit_offset", c.logitOffset());
        }
        return json;
    }

    private static Map<String, Object> embedding(ModelConfig.EmbeddingConfig e) {
        Map<String, Object> encoding = new LinkedHashMap<>();
        encoding.put("type", e.encoding().isHash() ? "hash" : "vocabulary");
        if (!e.encoding().isHash()) {
            encoding.put("file", e.encoding().vocabularyFile());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rows", e.rows());
        json.put("dim", e.dim());
        json.put("encoding", encoding);
        return json;
    }

    private static String key(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
