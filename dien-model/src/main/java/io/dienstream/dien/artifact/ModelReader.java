package io.dienstream.dien.artifact;

import io.dienstream.dien.file.Pace;
import io.dienstream.dien.model.EmbeddingTable;
import io.dienstream.dien.model.GoldenAnswer;
import io.dienstream.dien.model.IdEncoding;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import io.dienstream.dien.model.Weights;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads an artifact directory (MODEL_FORMAT.md), refusing anything that is not as it says. */
public final class ModelReader {
    /** Name of the configuration inside an artifact. */
    public static final String CONFIG_FILE = "model.json";

    /** Name of the tensors inside an artifact. */
    public static final String WEIGHTS_FILE = "weights.safetensors";

    private static final int MAX_CHUNK_ELEMENTS = 1 << 28;

    private static final int ROWS_BETWEEN_RESTS = 1 << 12;

    /**
     * Of a weight. Sums over two layers of larger ones leave the range of a float, and then it
     * depends on the kernel what becomes of them.
     */
    private static final float LARGEST = 0x1p50f;

    /** Of an artifact whose files are replaced while they are read. */
    private static final int ATTEMPTS = 3;

    private final ArtifactDirectory directory;
    private final ArtifactContents contents;
    private final Path weightsFile;

    /**
     * A model with what a seal says of it.
     *
     * @param files length and hash of each, where they were asked for
     * @param isSealed whether its bytes are those of a seal
     * @param golden answers, where they were asked for
     */
    record Release(
            Model model, List<SealedFile> files, boolean isSealed, List<GoldenAnswer> golden) {}

    /**
     * A model, and what its artifact says that it answers.
     *
     * @param golden requests with answers, none where the artifact carries none
     */
    public record WithAnswers(Model model, List<GoldenAnswer> golden) {}

    private ModelReader(ArtifactDirectory directory, ArtifactContents contents) throws IOException {
        this.directory = directory;
        this.contents = contents;
        this.weightsFile = directory.path(WEIGHTS_FILE);
    }

    /**
     * Reads and checks the artifact in {@code directory}. The model is of the bytes that were
     * checked: what becomes of the files afterwards does not change it.
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
        return read(directory, key, temporary());
    }

    /**
     * Likewise.
     *
     * @param copies directory on a disk: weights and vocabularies above 16 MiB are copied there,
     *     and mapped from files that have no name; see {@link FileBytes}
     */
    public static Model read(Path directory, PublicKey key, Path copies) throws IOException {
        return read(directory, key, new ArtifactContents.Limits(FileBytes.MOST_ON_HEAP, copies));
    }

    /** Any artifact with the answers that it carries, copies in the JVM's own directory. */
    public static WithAnswers readWithAnswers(Path directory) throws IOException {
        return readWithAnswers(directory, null, temporary(), Pace.FULL);
    }

    /**
     * Likewise, with the answers of {@link GoldenFile} in the same directory, whatever becomes of
     * its name meanwhile.
     */
    public static WithAnswers readWithAnswers(Path directory, PublicKey key, Path copies, Pace pace)
            throws IOException {
        var limits = new ArtifactContents.Limits(copies, pace);
        Release release =
                attempts(
                        directory,
                        files -> {
                            List<GoldenAnswer> golden = GoldenFile.read(files);
                            Release r = readOnce(files, Seal.read(files, key), false, limits);
                            // no seal says that these answers are of this release
                            boolean isOne = r.isSealed() && golden.isEmpty();
                            return new Release(r.model(), r.files(), isOne, golden);
                        });
        return new WithAnswers(release.model(), release.golden());
    }

    static Model read(Path directory, PublicKey key, ArtifactContents.Limits limits)
            throws IOException {
        return attempts(directory, files -> readOnce(files, Seal.read(files, key), false, limits))
                .model();
    }

    /** For a new seal: whatever seal there is is not looked at. */
    static Release release(Path directory) throws IOException {
        var limits = new ArtifactContents.Limits(FileBytes.MOST_ON_HEAP, temporary());
        return attempts(directory, files -> readOnce(files, null, true, limits));
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private interface Attempt {
        Release read(ArtifactDirectory directory) throws IOException;
    }

    /**
     * What was refused may have been two versions mixed, and so may be what was not, where no seal
     * says that it is one: both are read again if a file was replaced meanwhile.
     */
    private static Release attempts(Path directory, Attempt attempt) throws IOException {
        for (int left = ATTEMPTS - 1; ; left--) {
            try (ArtifactDirectory files = ArtifactDirectory.open(directory)) {
                try {
                    Release release = attempt.read(files);
                    if (release.isSealed() || files.isUnchanged()) {
                        return release;
                    }
                } catch (IOException e) {
                    if (left == 0 || files.isUnchanged()) {
                        throw e;
                    }
                }
            }
            if (left == 0) {
                throw new ArtifactException(
                        directory,
                        "changes while it is read: put a new version into a directory of its own,"
                                + " then name that one, or switch a link");
            }
        }
    }

    private static Release readOnce(
            ArtifactDirectory directory,
            Seal seal,
            boolean hashesEach,
            ArtifactContents.Limits limits)
            throws IOException {
        try (ArtifactContents contents =
                ArtifactContents.read(directory, seal, hashesEach, limits)) {
            Model model = new ModelReader(directory, contents).model();
            return new Release(model, contents.sealable(), seal != null, List.of());
        }
    }

    private Model model() throws IOException {
        ModelConfig config = contents.config();
        Map<String, IdEncoding> encodings = new EncodingsReader(directory, contents).read();
        Map<String, int[]> shapes = TensorShapes.of(config);
        SafeTensors file =
                SafeTensors.parse(
                        weightsFile, contents.weights(), SizeLimits.headerBytes(shapes.size()));
        checkTensors(file, shapes);
        Map<String, EmbeddingTable> tables = new LinkedHashMap<>();
        for (Map.Entry<String, ModelConfig.EmbeddingConfig> e : config.embeddings().entrySet()) {
            tables.put(e.getKey(), table(file, TensorShapes.EMBEDDING + e.getKey(), e.getValue()));
        }
        Map<String, float[]> dense = new LinkedHashMap<>();
        for (SafeTensors.Tensor t : file.tensors().values()) {
            if (!t.name().startsWith(TensorShapes.EMBEDDING)) {
                dense.put(t.name(), finite(t, file.copy(t)));
            }
        }
        checkVariances(dense, config.mlp());
        Weights weights = WeightsAssembler.assemble(config, tables, dense);
        return new Model(config, weights, encodings, contents.checksum());
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
        if (!contents.weights().isMapped()) {
            return EmbeddingTable.of(embedding.rows(), embedding.dim(), finite(t, file.copy(t)));
        }
        int rowsPerChunk = Math.min(embedding.rows(), MAX_CHUNK_ELEMENTS / embedding.dim());
        List<FloatBuffer> chunks = new ArrayList<>();
        float[] row = new float[embedding.dim()];
        for (long from = 0; from < embedding.rows(); from += rowsPerChunk) {
            int rows = (int) Math.min(rowsPerChunk, embedding.rows() - from);
            FloatBuffer chunk = file.piece(t, from * embedding.dim(), rows * embedding.dim());
            for (int r = 0; r < rows; r++) {
                chunk.get(r * embedding.dim(), row);
                finite(t, row);
                if (r % ROWS_BETWEEN_RESTS == 0) {
                    contents.limits().pace().rest();
                }
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

    private void checkVariances(Map<String, float[]> dense, ModelConfig.Mlp mlp)
            throws IOException {
        for (Map.Entry<String, float[]> e : dense.entrySet()) {
            if (e.getKey().endsWith(".variance")) {
                boolean isInput = e.getKey().equals("mlp.norm.variance");
                checkVariances(
                        e.getKey(),
                        e.getValue(),
                        isInput ? "norm_epsilon" : "dice_epsilon",
                        isInput ? mlp.normEpsilon() : mlp.diceEpsilon());
            }
        }
    }

    private void checkVariances(String tensor, float[] variances, String key, double epsilon)
            throws IOException {
        for (float variance : variances) {
            if (variance < 0) {
                throw new ArtifactException(
                        weightsFile, "tensor " + tensor + ": negative " + variance);
            }
            if (!Float.isFinite((float) (1 / Math.sqrt(variance + epsilon)))) {
                throw new ArtifactException(
                        weightsFile,
                        "tensor %s: %s with mlp.%s %s divides by zero"
                                .formatted(tensor, variance, key, epsilon));
            }
        }
    }
}
