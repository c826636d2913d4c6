package io.dienstream.dien.artifact;

import io.dienstream.dien.model.EmbeddingTable;
import io.dienstream.dien.model.IdEncoding;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import io.dienstream.dien.model.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Reads an artifact directory (MODEL_FORMAT.md), refusing anything that is not as it says. */
public final class ModelReader {
    /** Name of the configuration inside an artifact. */
    public static final String CONFIG_FILE = "model.json";

    /** Name of the tensors inside an artifact. */
    public static final String WEIGHTS_FILE = "weights.safetensors";

    private static final int MAX_CHUNK_ELEMENTS = 1 << 28;

    /**
     * Of a weight. Sums over two layers of larger ones leave the range of a float, and then it
     * depends on the kernel what becomes of them.
     */
    private static final float LARGEST = 0x1p50f;

    private final Path directory;
    private final Path weightsFile;

    private ModelReader(Path directory) throws IOException {
        this.directory = directory;
        this.weightsFile = ArtifactFiles.inside(directory, WEIGHTS_FILE);
    }

    /**
     * Reads and checks the artifact in {@code directory}.
     *
     * @throws ArtifactException naming the file and the tensor or key to blame
     */
    public static Model read(Path directory) throws IOException {
        return read(directory, null);
    }

    /**
     * Likewise, and takes an artifact with that key's signature only; see {@link Seal}.
     *
     * @param key null for any artifact
     */
    public static Model read(Path directory, PublicKey key) throws IOException {
        ModelReader reader = new ModelReader(directory);
        Model model = reader.read();
        Seal.check(directory, model.checksum(), key);
        return model;
    }

    private Model read() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new ArtifactException(directory, "no such model directory");
        }
        ModelConfig config = ConfigParser.parse(ArtifactFiles.inside(directory, CONFIG_FILE));
        SafeTensors file = SafeTensors.open(weightsFile);
        checkTensors(file, TensorShapes.of(config));
        Map<String, EmbeddingTable> tables = new LinkedHashMap<>();
        for (Map.Entry<String, ModelConfig.EmbeddingConfig> e : config.embeddings().entrySet()) {
            tables.put(e.getKey(), table(file, "embedding." + e.getKey(), e.getValue()));
        }
        Map<String, float[]> dense = new LinkedHashMap<>();
        for (SafeTensors.Tensor t : file.tensors().values()) {
            if (!t.name().startsWith("embedding.")) {
                dense.put(t.name(), finite(t, file.copy(t)));
            }
        }
        checkVariances(dense, config.mlp().normEpsilon());
        Weights weights = WeightsAssembler.assemble(config, tables, dense);
        return new Model(config, weights, encodings(config), checksum(config));
    }

    private void checkTensors(SafeTensors file, Map<String, int[]> expected) throws IOException {
        for (Map.Entry<String, int[]> e : expected.entrySet()) {
            SafeTensors.Tensor t = file.tensors().get(e.getKey());
            if (t == null) {
                throw new ArtifactException(weightsFile, "tensor " + e.getKey() + ": missing");
            }
            if (!Arrays.equals(t.shape(), e.getValue())) {
                throw new ArtifactException(
                        weightsFile,
                        "tensor %s: shape %s, expected %s"
                                .formatted(
                                        e.getKey(),
                                        Arrays.toString(t.shape()),
                                        Arrays.toString(e.getValue())));
            }
        }
        for (String name : file.tensors().keySet()) {
            if (!expected.containsKey(name)) {
                throw new ArtifactException(weightsFile, "tensor " + name + ": not in the format");
            }
        }
    }

    private EmbeddingTable table(
            SafeTensors file, String name, ModelConfig.EmbeddingConfig embedding)
            throws IOException {
        SafeTensors.Tensor t = file.tensors().get(name);
        int rowsPerChunk = Math.min(embedding.rows(), MAX_CHUNK_ELEMENTS / embedding.dim());
        List<FloatBuffer> chunks = new ArrayList<>();
        float[] row = new float[embedding.dim()];
        for (int from = 0; from < embedding.rows(); from += rowsPerChunk) {
            int rows = Math.min(rowsPerChunk, embedding.rows() - from);
            FloatBuffer chunk = file.map(t, (long) from * embedding.dim(), rows * embedding.dim());
            for (int r = 0; r < rows; r++) {
                chunk.get(r * embedding.dim(), row);
                finite(t, row);
            }
            chunks.add(chunk);
        }
        return new EmbeddingTable(embedding.rows(), embedding.dim(), rowsPerChunk, chunks);
    }

    private float[] finite(SafeTensors.Tensor t, float[] values) throws IOException {
        for (float value : values) {
            if (!(Math.abs(value) <= LARGEST)) {
                throw new ArtifactException(weightsFile, "tensor " + t.name() + ": holds " + value);
            }
        }
        return values;
    }

    private void checkVariances(Map<String, float[]> dense, double epsilon) throws IOException {
        for (Map.Entry<String, float[]> e : dense.entrySet()) {
            if (!e.getKey().endsWith(".variance")) {
                continue;
            }
            for (float variance : e.getValue()) {
                if (variance < 0) {
                    throw new ArtifactException(
                            weightsFile, "tensor " + e.getKey() + ": negative " + variance);
                }
                if (!Float.isFinite((float) (1 / Math.sqrt(variance + epsilon)))) {
                    throw new ArtifactException(
                            weightsFile,
                            "tensor %s: %s with mlp.norm_epsilon %s divides by zero"
                                    .formatted(e.getKey(), variance, epsilon));
                }
            }
        }
    }

    private Map<String, IdEncoding> encodings(ModelConfig config) throws IOException {
        Map<String, IdEncoding> encodings = new LinkedHashMap<>();
        for (Map.Entry<String, ModelConfig.EmbeddingConfig> e : config.embeddings().entrySet()) {
            ModelConfig.EmbeddingConfig embedding = e.getValue();
            encodings.put(
                    e.getKey(),
                    embedding.encoding().isHash()
                            ? new HashEncoding(embedding.rows())
                            : Vocabulary.read(
                                    ArtifactFiles.inside(
                                            directory, embedding.encoding().vocabularyFile()),
                                    e.getKey(),
                                    embedding.rows()));
        }
        return Map.copyOf(encodings);
    }

    /** SHA-256 over name and content of every file that the artifact consists of. */
    private String checksum(ModelConfig config) throws IOException {
        TreeSet<String> files = new TreeSet<>(List.of(CONFIG_FILE, WEIGHTS_FILE));
        for (ModelConfig.EmbeddingConfig e : config.embeddings().values()) {
            if (!e.encoding().isHash()) {
                files.add(e.encoding().vocabularyFile());
            }
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String name : files) {
                digest.update((name + "\0").getBytes(StandardCharsets.UTF_8));
                Path path = ArtifactFiles.inside(directory, name);
                try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
