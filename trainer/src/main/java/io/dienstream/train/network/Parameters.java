package io.dienstream.train.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * The network's tensors under the artifact's names and in its shapes ({@link TensorShapes}), plus,
 * where asked for, those of the auxiliary network, which no artifact has. Trainable tensors collect
 * gradients; running statistics do not. Embeddings are not among the engine's arrays: they are
 * {@link RowTable}s, of which a step sees the rows that it needs.
 */
public final class Parameters implements AutoCloseable {
    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private final Map<String, RowTable> tables = new LinkedHashMap<>();
    private final Map<String, int[]> artifact;

    /** Makes an embedding's table of first values. */
    @FunctionalInterface
    public interface TableFactory {
        /**
         * @param values [rows, width], row-major
         */
        RowTable of(String embedding, float[] values, int width);
    }

    /**
     * With embeddings that nothing trains.
     *
     * @param manager of their life
     * @param auxiliaryNetwork whether the auxiliary loss has a network of its own
     */
    public Parameters(ModelConfig config, boolean auxiliaryNetwork, long seed, NDManager manager) {
        this(
                config,
                auxiliaryNetwork,
                seed,
                (e, values, width) -> new HeapTable(values, width),
                manager);
    }

    /**
     * @param manager of their life
     * @param auxiliaryNetwork whether the auxiliary loss has a network of its own
     * @param factory makes embeddings
     */
    public Parameters(
            ModelConfig config,
            boolean auxiliaryNetwork,
            long seed,
            TableFactory factory,
            NDManager manager) {
        this.manager = manager;
        this.artifact = TensorShapes.of(config);
        Map<String, int[]> shapes = new LinkedHashMap<>(artifact);
        if (auxiliaryNetwork) {
            shapes.putAll(AuxiliaryLoss.networkShapes(config));
        }
        Initializer initializer = new Initializer(config, shapes, new Random(seed));
        shapes.forEach(
                (name, shape) -> {
                    if (name.startsWith(TensorShapes.EMBEDDING)) {
                        String embedding = name.substring(TensorShapes.EMBEDDING.length());
                        tables.put(
                                embedding,
                                factory.of(embedding, initializer.values(name), shape[1]));
                        return;
                    }
                    NDArray array = manager.zeros(shape(shape));
                    overwrite(array, initializer.values(name));
                    array.setName(name);
                    if (isTrainable(name)) {
                        array.setRequiresGradient(true);
                    }
                    arrays.put(name, array);
                });
    }

    /**
     * Copies values into an array's own memory. {@code NDArray.set} would let the array look at a
     * buffer of Java's instead, whose alignment differs from run to run, and with it the order in
     * which matrix products add up: the same training would not come out the same.
     */
    public static void overwrite(NDArray array, float[] values) {
        try (NDManager own = array.getManager().newSubManager();
                NDArray alias = array.stopGradient()) {
            alias.set(new NDIndex("..."), own.create(values, array.getShape()));
        }
    }

    private static Shape shape(int[] dims) {
        long[] wide = new long[dims.length];
        for (int i = 0; i < dims.length; i++) {
            wide[i] = dims[i];
        }
        return new Shape(wide);
    }

    /** Whether a tensor is fitted, rather than measured along the way. */
    public static boolean isTrainable(String name) {
        return !name.endsWith(".mean") && !name.endsWith(".variance");
    }

    /**
     * @throws IllegalArgumentException where there is none of that name
     */
    public NDArray get(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("tensor=" + name);
        }
        return array;
    }

    /** All but embeddings, by name, in a fixed order. */
    public Map<String, NDArray> all() {
        return arrays;
    }

    /** Embeddings by name, in a fixed order. */
    public Map<String, RowTable> tables() {
        return tables;
    }

    /** Of an embedding. */
    public RowTable table(String embedding) {
        return tables.get(embedding);
    }

    /**
     * Lends all tensors to a shorter-lived manager. An operation's result belongs to the manager of
     * its left operand, so without this the results of a step would live as long as the parameters.
     */
    public void lendTo(NDManager step) {
        new NDList(arrays.values()).tempAttach(step);
    }

    /** Gives the embeddings first values again. */
    public void restartEmbeddings(ModelConfig config, long seed) {
        Initializer initializer = new Initializer(config, artifact, new Random(seed));
        tables.forEach(
                (name, table) -> table.set(initializer.values(TensorShapes.EMBEDDING + name)));
    }

    /** Copies of the values by name; those of an artifact only, or all. */
    public Map<String, float[]> values(boolean artifactOnly) {
        Map<String, float[]> values = new LinkedHashMap<>();
        tables.forEach((name, t) -> values.put(TensorShapes.EMBEDDING + name, t.values()));
        arrays.forEach(
                (name, array) -> {
                    if (!artifactOnly || artifact.containsKey(name)) {
                        values.put(name, array.toFloatArray());
                    }
                });
        return values;
    }

    /** Copies of the values of all but the embeddings. */
    public Map<String, float[]> arrays() {
        Map<String, float[]> values = new LinkedHashMap<>();
        arrays.forEach((name, array) -> values.put(name, array.toFloatArray()));
        return values;
    }

    /** Overwrites the values; names and sizes must fit. */
    public void setValues(Map<String, float[]> values) {
        tables.forEach(
                (embedding, table) -> {
                    String name = TensorShapes.EMBEDDING + embedding;
                    table.set(fitting(name, values, (long) table.rows() * table.width()));
                });
        setArrays(values);
    }

    /** Likewise, of all but the embeddings. */
    public void setArrays(Map<String, float[]> values) {
        arrays.forEach((name, array) -> overwrite(array, fitting(name, values, array.size())));
    }

    private static float[] fitting(String name, Map<String, float[]> values, long size) {
        float[] data = values.get(name);
        if (data == null || data.length != size) {
            throw new IllegalArgumentException(
                    "tensor=%s needs elements=%d, got %s"
                            .formatted(name, size, data == null ? "none" : data.length));
        }
        return data;
    }

    @Override
    public void close() {
        manager.close();
    }
}
