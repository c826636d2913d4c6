package io.dienstream.train.fit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.dienstream.dien.model.TensorShapes;
import io.dienstream.train.network.BatchRows;
import io.dienstream.train.network.Parameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam (Kingma and Ba, arXiv 1412.6980) by the engine's update, weight decay beside the gradient
 * rather than in it (AdamW, arXiv 1711.05101), the gradients' common norm bounded. Its moments are
 * kept here, not in the engine's optimizer, so that a checkpoint has them; those of embeddings
 * beside their rows, in {@link TrainedTables}, which are moved as if each update went over them
 * all.
 */
final class Adam {
    static final float BETA_1 = 0.9f;
    static final float BETA_2 = 0.999f;
    static final float EPSILON = 1e-8f;
    static final String MEAN = "adam.mean.";
    static final String VARIANCE = "adam.variance.";

    private final Parameters parameters;
    private final TrainedTables tables;
    private final Map<String, NDArray> means = new LinkedHashMap<>();
    private final Map<String, NDArray> variances = new LinkedHashMap<>();
    private final float weightDecay;
    private final double clipNorm;
    private long updates;

    /**
     * @param tables of the parameters' embeddings; they know the weight decay
     */
    Adam(Parameters parameters, TrainedTables tables, double clipNorm, NDManager manager) {
        this.parameters = parameters;
        this.tables = tables;
        this.weightDecay = tables.weightDecay();
        this.clipNorm = clipNorm;
        parameters
                .all()
                .forEach(
                        (name, array) -> {
                            if (Parameters.isTrainable(name)) {
                                means.put(name, manager.zeros(array.getShape()));
                                variances.put(name, manager.zeros(array.getShape()));
                            }
                        });
    }

    /** The learning rate with what both moments lack after so many updates. */
    static double corrected(double learningRate, long updates) {
        return learningRate
                * Math.sqrt(1 - Math.pow(BETA_2, (double) updates))
                / (1 - Math.pow(BETA_1, (double) updates));
    }

    /**
     * Moves the parameters, lent to the running step, down their gradients.
     *
     * @param rows of the embeddings that the step touched
     * @throws NotFiniteException naming the tensor whose gradient is not finite
     */
    void update(double learningRate, List<BatchRows> rows) throws NotFiniteException {
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        rows.forEach(
                r ->
                        gradients.put(
                                TensorShapes.EMBEDDING + r.embedding(), r.values().getGradient()));
        means.keySet().forEach(n -> gradients.put(n, parameters.get(n).getGradient()));
        double norm = norm(gradients);
        float rescale = clipNorm > 0 && norm > clipNorm ? (float) (clipNorm / norm) : 1;
        updates++;
        double corrected = corrected(learningRate, updates);
        tables.update(rows, (float) learningRate, rescale, (float) corrected);
        means.keySet()
                .forEach(
                        name -> {
                            NDArray gradient = gradients.get(name);
                            NDArray weight = parameters.get(name);
                            NDList inputs =
                                    new NDList(
                                            weight, gradient, means.get(name), variances.get(name));
                            weight.getNDArrayInternal()
                                    .adamUpdate(
                                            inputs,
                                            new NDList(weight),
                                            (float) learningRate,
                                            (float) corrected,
                                            weightDecay,
                                            rescale,
                                            -1,
                                            BETA_1,
                                            BETA_2,
                                            EPSILON,
                                            false,
                                            true);
                        });
    }

    /** Of all gradients together. */
    private static double norm(Map<String, NDArray> gradients) throws NotFiniteException {
        double sum = 0;
        List<String> bad = new ArrayList<>();
        for (Map.Entry<String, NDArray> g : gradients.entrySet()) {
            double square = g.getValue().square().sum().getFloat();
            if (!Double.isFinite(square)) {
                bad.add(g.getKey());
            }
            sum += square;
        }
        if (!bad.isEmpty()) {
            // gradients flow from the output back: the last one is where it began
            throw new NotFiniteException(
                    "gradient of %s is not finite, nor are those of %d tensors before it"
                            .formatted(bad.get(bad.size() - 1), bad.size() - 1));
        }
        return Math.sqrt(sum);
    }

    long updates() {
        return updates;
    }

    /** The moments under names of their own. */
    Map<String, float[]> values() {
        Map<String, float[]> values = new LinkedHashMap<>();
        means.forEach((name, a) -> values.put(MEAN + name, a.toFloatArray()));
        variances.forEach((name, a) -> values.put(VARIANCE + name, a.toFloatArray()));
        values.putAll(tables.state());
        return values;
    }

    void restore(Map<String, float[]> values, long updatesSoFar) {
        overwrite(values, updatesSoFar);
        tables.restore(values, updatesSoFar);
    }

    private void overwrite(Map<String, float[]> values, long updatesSoFar) {
        means.forEach((name, a) -> Parameters.overwrite(a, values.get(MEAN + name)));
        variances.forEach((name, a) -> Parameters.overwrite(a, values.get(VARIANCE + name)));
        updates = updatesSoFar;
    }

    /**
     * Goes on with the moments of another training of the network, whose embeddings may have had
     * fewer rows: those of new rows are 0.
     *
     * @param from where they were found, for messages
     * @throws IOException where they are another network's
     */
    void carry(Map<String, float[]> values, long updatesSoFar, Path from) throws IOException {
        for (Map.Entry<String, NDArray> e : means.entrySet()) {
            for (String prefix : List.of(MEAN, VARIANCE)) {
                float[] before = values.get(prefix + e.getKey());
                if (before == null || before.length != e.getValue().size()) {
                    throw otherNetwork(from, e.getKey());
                }
            }
        }
        tables.carry(values, updatesSoFar, from);
        overwrite(values, updatesSoFar);
    }

    static IOException otherNetwork(Path from, String tensor) {
        return new IOException(
                "%s: is of another network, tensor %s differs".formatted(from, tensor));
    }
}
