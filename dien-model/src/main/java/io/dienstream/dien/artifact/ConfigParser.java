package io.dienstream.dien.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.dien.model.Activation;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code model.json} to {@link ModelConfig}, refusing what MODEL_FORMAT.md does not know. */
final class ConfigParser {
    /** Of model.json: a thousand times what a model with many fields needs. */
    static final int MOST_BYTES = 4 << 20;

    static final String FORMAT = "dien/1";
    private static final Set<String> RESERVED =
            Set.of(
                    "",
                    ModelReader.CONFIG_FILE,
                    ModelReader.WEIGHTS_FILE,
                    Seal.FILE,
                    GoldenFile.NAME);
    private static final int MAX_WIDTH = ModelConfig.MOST_UNITS;
    private static final int MAX_LENGTH = ModelConfig.MOST_BEHAVIORS;
    private static final double MAX_OFFSET = ModelConfig.MOST_OFFSET;
    private static final int MAX_LAYERS = ModelConfig.MOST_LAYERS;

    private final Path file;

    private ConfigParser(Path file) {
        this.file = file;
    }

    /**
     * @param file that {@code json} was read from, for messages
     */
    static ModelConfig parse(Path file, byte[] json) throws IOException {
        return new ConfigParser(file).config(Json.tree(file, "", json));
    }

    private ModelConfig config(JsonNode root) throws IOException {
        allow(
                root,
                "",
                "format name version architecture embeddings fields sequence hidden attention"
                        + " evolution mlp logit_offset");
        String format = text(root, "", "format");
        if (!format.equals(FORMAT)) {
            throw refuse("format", "'" + format + "' is not " + FORMAT);
        }
        String key = text(root, "", "architecture");
        Architecture architecture =
                Architecture.ofKey(key)
                        .orElseThrow(
                                () ->
                                        refuse(
                                                "architecture",
                                                "'%s' is none of %s"
                                                        .formatted(
                                                                key, keys(Architecture.values()))));
        Map<String, ModelConfig.EmbeddingConfig> embeddings = embeddings(root);
        JsonNode fields = object(root, "", "fields");
        allow(fields, "fields", "behavior ad user context");
        JsonNode sequence = object(root, "", "sequence");
        allow(sequence, "sequence", "max_length");
        boolean gru = architecture.hasInterestStates();
        ModelConfig config =
                new ModelConfig(
                        text(root, "", "name"),
                        text(root, "", "version"),
                        architecture,
                        embeddings,
                        fields(fields, "behavior", embeddings),
                        fields(fields, "ad", embeddings),
                        fields(fields, "user", embeddings),
                        fields(fields, "context", embeddings),
                        integer(sequence, "sequence", "max_length", 1, MAX_LENGTH),
                        gru ? integer(root, "", "hidden", 1, MAX_WIDTH) : 0,
                        architecture.hasAttention() ? attention(root, architecture) : null,
                        gate(root),
                        mlp(root),
                        root.has("logit_offset")
                                ? number(root, "", "logit_offset", -MAX_OFFSET, MAX_OFFSET)
                                : 0);
        SizeLimits.check(config, file);
        return config;
    }

    private Map<String, ModelConfig.EmbeddingConfig> embeddings(JsonNode root) throws IOException {
        JsonNode node = object(root, "", "embeddings");
        Map<String, ModelConfig.EmbeddingConfig> embeddings = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String path = "embeddings." + entry.getKey();
            JsonNode e = entry.getValue();
            allow(e, path, "rows dim encoding");
            ModelConfig.Encoding encoding = encoding(e, path);
            int least = encoding.isHash() ? 2 : 1;
            embeddings.put(
                    entry.getKey(),
                    new ModelConfig.EmbeddingConfig(
                            integer(e, path, "rows", least, Integer.MAX_VALUE),
                            integer(e, path, "dim", 1, MAX_WIDTH),
                            encoding));
        }
        return embeddings;
    }

    private ModelConfig.Encoding encoding(JsonNode e, String path) throws IOException {
        String at = path + ".encoding";
        JsonNode node = object(e, path, "encoding");
        String type = text(node, at, "type");
        if (type.equals("hash")) {
            allow(node, at, "type");
            return new ModelConfig.Encoding(null);
        }
        if (!type.equals("vocabulary")) {
            throw refuse(at + ".type", "'" + type + "' is none of [vocabulary, hash]");
        }
        allow(node, at, "type file");
        String name = text(node, at, "file");
        checkFile(name, at + ".file");
        return new ModelConfig.Encoding(name);
    }

    private void checkFile(String name, String key) throws IOException {
        if (holdsControl(name)) {
            throw refuse(key, "'" + name + "' holds a control character");
        }
        Path root = file.toAbsolutePath().normalize().getParent();
        Path path;
        try {
            path = root.resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw refuse(key, "'" + name + "' is no file name: " + e.getReason());
        }
        if (!path.startsWith(root)) {
            throw refuse(key, "'" + name + "' leaves the artifact");
        }
        if (RESERVED.contains(root.relativize(path).toString())) {
            throw refuse(key, "'" + name + "' is the name of another of the artifact's files");
        }
    }

    static boolean holdsControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private List<ModelConfig.Field> fields(
            JsonNode fields, String kind, Map<String, ModelConfig.EmbeddingConfig> embeddings)
            throws IOException {
        JsonNode list = fields.path(kind);
        if (!list.isArray()) {
            throw refuse("fields." + kind, "must be a list");
        }
        List<ModelConfig.Field> out = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode node : list) {
            String path = "fields." + kind + "[" + out.size() + "]";
            allow(node, path, "name embedding");
            ModelConfig.Field field =
                    new ModelConfig.Field(text(node, path, "name"), text(node, path, "embedding"));
            if (!embeddings.containsKey(field.embedding())) {
                throw refuse(path + ".embedding", "no embedding '" + field.embedding() + "'");
            }
            if (!names.add(field.name())) {
                throw refuse(path + ".name", "'" + field.name() + "' stands twice");
            }
            out.add(field);
        }
        if (out.isEmpty() && (kind.equals("behavior") || kind.equals("ad"))) {
            throw refuse("fields." + kind, "must not be empty");
        }
        return List.copyOf(out);
    }

    private AttentionType attention(JsonNode root, Architecture architecture) throws IOException {
        JsonNode node = object(root, "", "attention");
        allow(node, "attention", "type");
        AttentionType type = choice(node, "attention", "type", AttentionType.values());
        if (architecture == Architecture.DIN && type != AttentionType.MLP) {
            throw refuse("attention.type", "din has the mlp attention");
        }
        return type;
    }

    private GateForm gate(JsonNode root) throws IOException {
        if (!root.has("evolution")) {
            return GateForm.PAPER;
        }
        JsonNode node = object(root, "", "evolution");
        allow(node, "evolution", "gate");
        return node.has("gate")
                ? choice(node, "evolution", "gate", GateForm.values())
                : GateForm.PAPER;
    }

    private ModelConfig.Mlp mlp(JsonNode root) throws IOException {
        JsonNode node = object(root, "", "mlp");
        allow(node, "mlp", "hidden activation norm_epsilon dice_epsilon");
        Activation activation = choice(node, "mlp", "activation", Activation.values());
        JsonNode hidden = node.path("hidden");
        if (!hidden.isArray()) {
            throw refuse("mlp.hidden", "must be a list of widths");
        }
        if (hidden.size() > MAX_LAYERS) {
            throw refuse("mlp.hidden", hidden.size() + " layers are more than " + MAX_LAYERS);
        }
        List<Integer> widths = new ArrayList<>();
        for (JsonNode width : hidden) {
            if (!width.isInt() || width.asInt() < 1 || width.asInt() > MAX_WIDTH) {
                throw refuse("mlp.hidden", width + " is not a width from 1 to " + MAX_WIDTH);
            }
            widths.add(width.asInt());
        }
        boolean dice = activation == Activation.DICE || node.has("dice_epsilon");
        return new ModelConfig.Mlp(
                List.copyOf(widths),
                activation,
                number(node, "mlp", "norm_epsilon", 0, 1),
                dice ? number(node, "mlp", "dice_epsilon", 0, 1) : 0);
    }

    private double number(JsonNode node, String path, String key, double least, double most)
            throws IOException {
        JsonNode value = node.path(key);
        if (!value.isNumber() || !(value.asDouble() >= least && value.asDouble() <= most)) {
            throw refuse(
                    join(path, key),
                    "%s is not a number from %.0f to %.0f".formatted(value, least, most));
        }
        return value.asDouble();
    }

    private JsonNode object(JsonNode node, String path, String key) throws IOException {
        JsonNode value = node.path(key);
        if (!value.isObject()) {
            throw refuse(join(path, key), value.isMissingNode() ? "is missing" : "is no object");
        }
        return value;
    }

    private String text(JsonNode node, String path, String key) throws IOException {
        JsonNode value = node.path(key);
        if (!value.isTextual() || value.asText().isEmpty()) {
            throw refuse(join(path, key), value.isMissingNode() ? "is missing" : "is no text");
        }
        return value.asText();
    }

    private int integer(JsonNode node, String path, String key, int least, int most)
            throws IOException {
        JsonNode value = node.path(key);
        if (!value.isInt() || value.asInt() < least || value.asInt() > most) {
            throw refuse(
                    join(path, key),
                    value.isMissingNode()
                            ? "is missing"
                            : value + " is not a whole number from " + least + " to " + most);
        }
        return value.asInt();
    }

    private <T extends Enum<T>> T choice(JsonNode node, String path, String key, T[] choices)
            throws IOException {
        String text = text(node, path, key);
        for (T choice : choices) {
            if (key(choice).equals(text)) {
                return choice;
            }
        }
        throw refuse(join(path, key), "'" + text + "' is none of " + keys(choices));
    }

    private void allow(JsonNode node, String path, String keys) throws IOException {
        if (!node.isObject()) {
            throw refuse(path, "is no object");
        }
        Set<String> allowed = Set.of(keys.split(" "));
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!allowed.contains(entry.getKey())) {
                throw refuse(join(path, entry.getKey()), "unknown key");
            }
        }
    }

    private static String key(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> keys(Enum<?>[] choices) {
        return Arrays.stream(choices).map(ConfigParser::key).toList();
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private ArtifactException refuse(String key, String problem) {
        return new ArtifactException(file, key.isEmpty() ? problem : key + ": " + problem);
    }
}
