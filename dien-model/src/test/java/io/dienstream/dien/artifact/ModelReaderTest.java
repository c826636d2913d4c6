package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One test for each refusal of MODEL_FORMAT.md; each breaks one thing of a good artifact. */
class ModelReaderTest {
    private static final ModelConfig CONFIG =
            RandomModels.config(Architecture.DIEN, AttentionType.MLP, GateForm.PAPER, 10);

    @TempDir private Path temporary;
    private Path artifact;

    @BeforeEach
    void writeGoodArtifact() throws IOException {
        artifact = temporary.resolve("model");
        RandomModels.write(artifact, CONFIG, 1);
    }

    private void refuses(String... parts) {
        assertThatThrownBy(() -> ModelReader.read(artifact))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContainingAll(parts);
    }

    private void json(Consumer<ObjectNode> change) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Path file = artifact.resolve("model.json");
        ObjectNode root = (ObjectNode) mapper.readTree(file.toFile());
        change.accept(root);
        mapper.writeValue(file.toFile(), root);
    }

    private void weights(Consumer<Map<String, int[]>> shapes, Consumer<Map<String, float[]>> data)
            throws IOException {
        Map<String, int[]> allShapes = new LinkedHashMap<>(TensorShapes.of(CONFIG));
        Map<String, float[]> allData = RandomModels.tensors(CONFIG, 1);
        shapes.accept(allShapes);
        data.accept(allData);
        SafeTensors.write(artifact.resolve("weights.safetensors"), allShapes, allData);
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void readsWhatTheWriterWrote(Architecture architecture) throws IOException {
        ModelConfig config =
                RandomModels.config(architecture, AttentionType.MLP, GateForm.OFFICIAL, 10);
        Model model = RandomModels.write(temporary.resolve(architecture.key()), config, 5);
        ModelConfig read = model.config();
        if (architecture.hasInterestStates()) {
            assertThat(read).isEqualTo(config);
        }
        assertThat(read.architecture()).isEqualTo(architecture);
        float[] output = RandomModels.tensors(config, 5).get("mlp.output.weight");
        assertThat(model.weights().mlp().output().weight().data()).containsExactly(output);
        assertThat(model.checksum()).hasSize(64);
    }

    @Test
    void checksumChangesWithAnyFile() throws IOException {
        String before = ModelReader.read(artifact).checksum();
        json(root -> root.put("version", "8"));
        assertThat(ModelReader.read(artifact).checksum()).isNotEqualTo(before);
    }

    @Test
    void encodesByVocabularyAndHash() throws IOException {
        Model model = ModelReader.read(artifact);
        assertThat(model.encodings().get("item").row("i0")).isEqualTo(1);
        assertThat(model.encodings().get("item").row("i18")).isEqualTo(19);
        assertThat(model.encodings().get("item").row("never")).isZero();
        assertThat(model.encodings().get("item").row(null)).isZero();
        // h("hello") = 0xcbd8a7b341bd9b02 = 14688674573012802306, mod 6 = 0
        assertThat(model.encodings().get("category").row("hello")).isEqualTo(1);
        assertThat(model.encodings().get("category").row("")).isZero();
    }

    @Test
    void refusesAMissingDirectory() {
        artifact = temporary.resolve("nowhere");
        refuses("nowhere", "no such model directory");
    }

    @Test
    void refusesAMissingTensor() throws IOException {
        weights(s -> s.remove("attention.query.alpha"), d -> {});
        refuses("weights.safetensors", "attention.query.alpha", "missing");
    }

    @Test
    void refusesAnExtraTensor() throws IOException {
        weights(s -> s.put("mlp.more", new int[] {1}), d -> d.put("mlp.more", new float[1]));
        refuses("weights.safetensors", "mlp.more", "not in the format");
    }

    @Test
    void refusesAWrongShape() throws IOException {
        weights(s -> s.put("mlp.output.weight", new int[] {6, 1}), d -> {});
        refuses("weights.safetensors", "mlp.output.weight", "[6, 1]", "[1, 6]");
    }

    @ParameterizedTest
    @CsvSource({"mlp.hidden2.bias", "embedding.category", "extractor.recurrent.weight"})
    void refusesNanAndInfinity(String tensor) throws IOException {
        weights(s -> {}, d -> d.get(tensor)[1] = Float.NaN);
        refuses("weights.safetensors", tensor, "NaN");
        weights(s -> {}, d -> d.get(tensor)[2] = Float.NEGATIVE_INFINITY);
        refuses("weights.safetensors", tensor, "-Infinity");
    }

    @Test
    void refusesANegativeVariance() throws IOException {
        weights(s -> {}, d -> d.get("mlp.norm.variance")[0] = -1);
        refuses("weights.safetensors", "mlp.norm.variance", "negative");
    }

    @Test
    void refusesAWrongType() throws IOException {
        Path file = artifact.resolve("weights.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String changed = text.replaceFirst("\"F32\"", "\"F16\"");
        Files.write(file, changed.getBytes(StandardCharsets.ISO_8859_1));
        refuses("weights.safetensors", "tensor ", "F16");
    }

    @Test
    void refusesATruncatedFile() throws IOException {
        Path file = artifact.resolve("weights.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        for (int length : new int[] {0, 7, 20, bytes.length - 1}) {
            Files.write(file, Arrays.copyOf(bytes, length));
            refuses("weights.safetensors", "truncated");
        }
        Files.write(file, Arrays.copyOf(bytes, bytes.length + 3));
        refuses("weights.safetensors", "3 bytes after the last tensor");
        Files.delete(file);
        refuses("weights.safetensors", "missing");
    }

    @Test
    void refusesAHostileHeader() throws IOException {
        Path file = artifact.resolve("weights.safetensors");
        ByteBuffer huge = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, huge.putLong(Long.MAX_VALUE).array());
        refuses("weights.safetensors", "not credible");
        // one longer than tensors and metadata need would be parsed to many times its size
        Files.write(
                file,
                ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(1_150_000).array());
        refuses("weights.safetensors", "header length 1150000 is not credible");
        ByteBuffer text = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, text.putLong(4).put("nope".getBytes(StandardCharsets.UTF_8)).array());
        refuses("weights.safetensors", "not JSON");
    }

    @Test
    void refusesVocabulariesThatDoNotFit() throws IOException {
        Path file = artifact.resolve("vocabulary/item.txt");
        String ids = Files.readString(file);
        Files.writeString(file, ids + "one-too-many\n");
        refuses("item.txt", "20 lines", "embedding.item");
        Files.writeString(file, ids.replace("i17", "i3"));
        refuses("item.txt", "line 18", "line 4");
        Files.write(file, new byte[] {'a', (byte) 0xff, '\n'});
        refuses("item.txt", "UTF-8");
        Files.delete(file);
        refuses("item.txt", "missing");
    }

    @Test
    void aVocabularyOfTwoEmbeddingsFitsBoth() throws IOException {
        json(
                root ->
                        ((ObjectNode) root.get("embeddings").get("category").get("encoding"))
                                .put("type", "vocabulary")
                                .put("file", "vocabulary/item.txt"));
        refuses("item.txt", "19 lines", "rows - 1 = 6 of embedding.category");
        Files.writeString(artifact.resolve("vocabulary/item.txt"), "a\nb\nc\nd\ne\nf");
        Model model = ModelReader.read(artifact);
        assertThat(model.encodings().get("category").row("f")).isEqualTo(6);
        assertThat(model.encodings().get("item")).isSameAs(model.encodings().get("category"));
    }

    @ParameterizedTest
    @CsvSource({
        "format, dien/2",
        "architecture, transformer",
        "surprise, 1",
        "hidden, many",
        "name, ''"
    })
    void refusesAnUnknownFormatArchitectureOrKey(String key, String value) throws IOException {
        json(root -> root.put(key, value));
        refuses("model.json", key);
    }

    @Test
    void refusesAnOffsetThatIsNoModelsOwn() throws IOException {
        json(root -> root.put("logit_offset", 1e9));
        refuses("model.json", "logit_offset", "is not a number from -100 to 100");
        json(root -> root.put("logit_offset", "1"));
        refuses("model.json", "logit_offset");
    }

    @Test
    void refusesUnknownKeysInside() throws IOException {
        json(root -> ((ObjectNode) root.get("mlp")).put("dropout", 0.5));
        refuses("model.json", "mlp.dropout", "unknown key");
        Files.writeString(artifact.resolve("model.json"), "{\"format\": 1, \"format\": 2}");
        refuses("model.json", "not JSON");
    }

    @Test
    void refusesFieldsWithoutAnEmbedding() throws IOException {
        json(root -> ((ObjectNode) root.get("fields").get("ad").get(0)).put("embedding", "none"));
        refuses("model.json", "fields.ad[0].embedding", "none");
    }

    @Test
    void refusesAdsAsWideAsNoBehavior() throws IOException {
        json(
                root -> {
                    JsonNode first = root.get("fields").get("ad").get(0);
                    ((ObjectNode) root.get("fields")).putArray("ad").add(first);
                });
        refuses("model.json", "D_b=7", "D_a=4");
    }

    @Test
    void refusesAVocabularyOutsideTheArtifact() throws IOException {
        json(
                root ->
                        ((ObjectNode) root.get("embeddings").get("item").get("encoding"))
                                .put("file", "../secrets.txt"));
        refuses("model.json", "../secrets.txt", "leaves the artifact");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":{\"a\":0,\"b\":4}}|data_offsets",
                "{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}|shape",
                "{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,4],\"data_offsets\":[0,4]}|do"
                        + " not fit",
                "{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647,1073741824],\"data_offsets\":[0,0]}|do"
                        + " not fit",
                "{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}|bad shape",
                "{\"dtype\":\"F32\",\"shape\":[4294967297],\"data_offsets\":[0,4]}|bad shape",
                "{\"dtype\":\"F32\",\"shape\":{},\"data_offsets\":[0,4]}|shape",
                "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":0}|data_offsets",
                "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}|data_offsets",
                "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}|do not fit",
                "[]|type",
                "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4.0]}|do not fit",
                "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\"0\",4]}|do not fit"
            })
    void refusesAHeaderThatIsNoTensor(String tensor, String why) throws IOException {
        byte[] header = ("{\"x\":" + tensor + "}").getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + header.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header);
        Files.write(artifact.resolve("weights.safetensors"), bytes.array());
        refuses("weights.safetensors", "tensor x", why);
    }

    /** Sums of such weights are infinite, or no number, by kernel. */
    @Test
    void refusesWeightsThatLeaveTheRangeOfAFloat() throws IOException {
        weights(shapes -> {}, data -> data.values().iterator().next()[0] = 3e38f);
        refuses("weights.safetensors", "tensor ", "3.0E38");
    }

    @ParameterizedTest
    @CsvSource({"mlp.norm.variance, norm_epsilon", "mlp.hidden2.variance, dice_epsilon"})
    void refusesAVarianceThatDividesByZero(String tensor, String epsilon) throws IOException {
        weights(shapes -> {}, data -> data.get(tensor)[0] = 0);
        ModelReader.read(artifact);
        json(root -> ((ObjectNode) root.get("mlp")).put(epsilon, 0));
        refuses(tensor, epsilon + " 0.0 divides by zero");
    }

    /** A key of megabytes, or one that rewrites a terminal's line, is no message. */
    @Test
    void messagesAreOneShortLine() throws IOException {
        json(root -> root.put("\u001b[2K\r" + "x".repeat(10_000), 1));
        assertThatThrownBy(() -> ModelReader.read(artifact))
                .isInstanceOf(ArtifactException.class)
                .hasMessageMatching("\\P{Cntrl}{1,1000}")
                .hasMessageContaining("?[2K?x");
    }

    @Test
    void theWriterLeavesNothingBehindWhenItRefuses() {
        Path target = temporary.resolve("never");
        Map<String, float[]> tensors = RandomModels.tensors(CONFIG, 1);
        tensors.put("mlp.output.bias", new float[2]);
        assertThatThrownBy(
                        () ->
                                ModelWriter.write(
                                        target,
                                        CONFIG,
                                        tensors,
                                        Map.of("item", RandomModels.items())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mlp.output.bias");
        assertThat(target).doesNotExist();
    }

    @Test
    void theWriterNamesWhatIsMissing() {
        Path target = temporary.resolve("never");
        Map<String, TensorSource> tensors = new LinkedHashMap<>();
        RandomModels.tensors(CONFIG, 1)
                .forEach((name, values) -> tensors.put(name, TensorSource.of(values)));
        assertThatThrownBy(() -> ModelWriter.writeFrom(target, CONFIG, tensors, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("embedding=item needs a vocabulary");
        tensors.remove("mlp.output.bias");
        Map<String, List<String>> ids = Map.of("item", RandomModels.items());
        assertThatThrownBy(() -> ModelWriter.writeFrom(target, CONFIG, tensors, ids))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor=mlp.output.bias is missing");
        assertThat(target).doesNotExist();
    }
}
