package io.dienstream.dien.artifact;

import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a model may be at most, whatever its files hold: sizes that each are allowed must not
 * multiply to arrays that no process has, or that an {@code int} cannot count.
 */
final class SizeLimits {
    /** Of the concatenated fields of one kind. */
    private static final int WIDTH = 1 << 16;

    /** Numbers of all tensors but the embeddings, which are copied to the heap: 1 GiB. */
    private static final long DENSE_NUMBERS = 1L << 28;

    /** Numbers of a whole history that scoring works on at once, in one array: 128 MiB. */
    private static final long HISTORY_NUMBERS = 1L << 25;

    /** Of the weights, which are copied to a disk: 64 GiB. */
    private static final long WEIGHT_BYTES = 1L << 36;

    /**
     * Of an id with its line feed, on average: what bounds a vocabulary by its embedding's rows.
     */
    private static final long ID_BYTES = 1024;

    /** Of a vocabulary, which is copied to a disk: 64 GiB. */
    private static final long VOCABULARY_BYTES = 1L << 36;

    /** A header's text: metadata of other tools, and so much for each tensor. */
    private static final long HEADER_BYTES = 1 << 20;

    private static final long HEADER_BYTES_A_TENSOR = 1 << 10;

    private SizeLimits() {}

    /** Bytes that the header of {@code tensors} tensors may have. */
    static long headerBytes(int tensors) {
        return HEADER_BYTES + tensors * HEADER_BYTES_A_TENSOR;
    }

    /** Bytes that a vocabulary of an embedding of {@code rows} rows may have. */
    static long vocabularyBytes(int rows) {
        return Math.min(ID_BYTES * rows, VOCABULARY_BYTES);
    }

    /** Bytes that the weights of a model may have: a longest header and the data. */
    static long weightBytes(Map<String, int[]> shapes) {
        long numbers = 0;
        for (int[] shape : shapes.values()) {
            numbers = Math.min(numbers + numbers(shape), WEIGHT_BYTES); // more is refused anyway
        }
        return Long.BYTES + headerBytes(shapes.size()) + numbers * Float.BYTES;
    }

    /**
     * @param file that {@code c} was read from, for messages
     * @throws ArtifactException naming the key to blame
     */
    static void check(ModelConfig c, Path file) throws ArtifactException {
        requireWidth(c, c.behaviorFields(), "behavior", file);
        requireWidth(c, c.adFields(), "ad", file);
        requireWidth(c, c.userFields(), "user", file);
        requireWidth(c, c.contextFields(), "context", file);
        if (c.architecture().multipliesPooled() && c.adWidth() != c.behaviorWidth()) {
            throw new ArtifactException(
                    file,
                    "fields: %s multiplies pooled behaviors with the ad, but D_b=%d and D_a=%d"
                            .formatted(c.architecture().key(), c.behaviorWidth(), c.adWidth()));
        }
        long history = (c.maxLength() + 1L) * numbersABehavior(c);
        if (history > HISTORY_NUMBERS) {
            throw new ArtifactException(
                    file,
                    "sequence.max_length: %d behaviors of %d numbers each are more than %d numbers"
                            .formatted(c.maxLength(), numbersABehavior(c), HISTORY_NUMBERS));
        }
        Map<String, int[]> shapes = TensorShapes.of(c);
        requireDense(shapes, file);
        if (weightBytes(shapes) > WEIGHT_BYTES) {
            throw new ArtifactException(
                    file,
                    "embeddings: the weights have %d bytes, more than %d"
                            .formatted(weightBytes(shapes), WEIGHT_BYTES));
        }
    }

    private static void requireWidth(
            ModelConfig c, List<ModelConfig.Field> fields, String kind, Path file)
            throws ArtifactException {
        long width = fields.stream().mapToLong(f -> c.embeddings().get(f.embedding()).dim()).sum();
        if (width > WIDTH) {
            throw new ArtifactException(
                    file, "fields.%s: %d wide, more than %d".formatted(kind, width, WIDTH));
        }
    }

    /** The widest of what scoring keeps for each behavior of a history. */
    private static long numbersABehavior(ModelConfig c) {
        long gates = 3L * c.hidden();
        long attention =
                c.attention() == AttentionType.MLP
                        ? Math.max(ModelConfig.ATTENTION_HIDDEN_1, c.factWidth())
                        : 0;
        return Math.max(Math.max(c.behaviorWidth(), gates), attention);
    }

    private static void requireDense(Map<String, int[]> shapes, Path file)
            throws ArtifactException {
        long numbers = 0;
        for (Map.Entry<String, int[]> shape : shapes.entrySet()) {
            if (!shape.getKey().startsWith(TensorShapes.EMBEDDING)) {
                numbers += numbers(shape.getValue());
            }
            if (numbers > DENSE_NUMBERS) {
                throw new ArtifactException(
                        file,
                        "hidden, mlp.hidden: with tensor %s the layers have %d numbers, more than"
                                        .formatted(shape.getKey(), numbers)
                                + " "
                                + DENSE_NUMBERS);
            }
        }
    }

    /** How many a tensor has. */
    static long numbers(int[] shape) {
        long numbers = 1;
        for (int d : shape) {
            numbers *= d;
        }
        return numbers;
    }
}
