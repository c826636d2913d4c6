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
 * gradients; running statistics do not.
 */
public final class Parameters implements AutoCloseable {
    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private final Map<String, int[]> artifact;

    /**
     * @param manager of their life
     * @param auxiliaryNetwork whether the auxiliary loss has a network of its own
     */
    public Parameters(ModelConfig config, boolean auxiliaryNetwork, long seed, NDManager manager) {
        this.manager = manager;
        this.artifact = TensorShapes.of(config);
        Map<String, int[]> shapes = new LinkedHashMap<>(artifact);
        if (auxiliaryNetwork) {
            shapes.putAll(AuxiliaryLoss.networkShapes(config));
        }
        Initializer initializer = new Initializer(config, shapes, new Random(seed));
        shapes.forEach(
                (name, shape) -> {
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

    /** By name, in a fixed order. */
    public Map<String, NDArray> all() {
        return arrays;
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
        arrays.forEach(
                (name, array) -> {
                    if (name.startsWith("embedding.")) {
                        overwrite(array, initializer.values(name));
                    }
                });
    }

    /** Copies of the values by name; those of an artifact only, or all. */
    public Map<String, float[]> values(boolean artifactOnly) {
        Map<String, float[]> values = new LinkedHashMap<>();
        arrays.forEach(
                (name, array) -> {
                    if (!artifactOnly || artifact.containsKey(name)) {
                        values.put(name, array.toFloatArray());
                    }
                });
        return values;
    }

    /** Overwrites the values; names and sizes must fit. */
    public void setValues(Map<String, float[]> values) {
        arrays.forEach(
                (name, array) -> {
                    float[] data = values.get(name);
                    if (data == null || data.length != array.size()) {
                        throw new IllegalArgumentException(
                                "tensor=%s needs elements=%d, got %s"
                                        .formatted(
                                                name,
                                                array.size(),
                                                data == null ? "none" : data.length));
                    }
                    overwrite(array, data);
                });
    }

    @Override
    public void close() {
        manager.close();
    }
}
