package io.dienstream.train.fit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.dienstream.dien.model.TensorShapes;
import io.dienstream.train.network.Parameters;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A running average of the trainable tensors, w' = d w' + (1 - d) w after each update (Polyak and
 * Juditsky 1992). Early on d is smaller, (1 + updates) / (10 + updates), so that the first values
 * are soon forgotten. Of embeddings {@link TrainedTables} keep it.
 */
final class WeightAverage {
    private static final String PREFIX = "average.";

    private final Parameters parameters;
    private final TrainedTables tables;
    private final double decay;
    private final Map<String, NDArray> averages = new LinkedHashMap<>();

    /**
     * @param tables of the parameters' embeddings
     * @param decay d; 0 keeps no average
     */
    WeightAverage(Parameters parameters, TrainedTables tables, double decay, NDManager manager) {
        this.parameters = parameters;
        this.tables = tables;
        this.decay = decay;
        if (decay > 0) {
            parameters
                    .all()
                    .forEach(
                            (name, array) -> {
                                if (Parameters.isTrainable(name)) {
                                    averages.put(
                                            name,
                                            manager.create(array.toFloatArray(), array.getShape()));
                                }
                            });
        }
    }

    /** d of an update, {@code updates} with it. */
    static double decay(double most, long updates) {
        return Math.min(most, (1.0 + updates) / (10.0 + updates));
    }

    /**
     * @param updates so far, this one included
     * @param step owns what is computed on the way; the parameters are lent to it
     */
    void add(long updates, NDManager step) {
        double d = decay(decay, updates);
        averages.forEach(
                (name, average) -> {
                    // the left operand decides who owns a result: the lent parameter
                    NDArray share = parameters.get(name).stopGradient().mul((float) (1 - d));
                    average.muli((float) d).addi(share);
                });
    }

    /** Begins anew from the parameters as they are now. */
    void begin() {
        averages.forEach((name, a) -> Parameters.overwrite(a, parameters.get(name).toFloatArray()));
        tables.all().values().forEach(TrainedTable::beginAverage);
    }

    /** What is measured and exported: all values, averaged where there is an average. */
    Map<String, float[]> values() {
        showTables(true);
        Map<String, float[]> values = new LinkedHashMap<>(parameters.values(false));
        showTables(false);
        values.putAll(arrays());
        return values;
    }

    private Map<String, float[]> arrays() {
        Map<String, float[]> values = new LinkedHashMap<>();
        averages.forEach((name, a) -> values.put(name, a.toFloatArray()));
        return values;
    }

    private void showTables(boolean show) {
        tables.all().values().forEach(t -> t.showAverage(show));
    }

    /** What is done while the network computes with the averages. */
    @FunctionalInterface
    interface Measurement {
        void run() throws IOException;
    }

    /** Lets the network compute with the averages, where there are any, for a while. */
    void during(Measurement measurement) throws IOException {
        if (decay == 0) {
            measurement.run();
            return;
        }
        Map<String, float[]> current = parameters.arrays();
        Map<String, float[]> averaged = new LinkedHashMap<>(current);
        averaged.putAll(arrays());
        parameters.setArrays(averaged);
        showTables(true);
        try {
            measurement.run();
        } finally {
            showTables(false);
            parameters.setArrays(current);
        }
    }

    /** As it lies here, under names of its own. */
    Map<String, float[]> state() {
        Map<String, float[]> values = new LinkedHashMap<>();
        averages.forEach((name, a) -> values.put(PREFIX + name, a.toFloatArray()));
        if (decay > 0) {
            tables.all()
                    .forEach(
                            (embedding, t) ->
                                    values.put(
                                            tensor(embedding), t.read(TrainedTable.Part.AVERAGE)));
        }
        return values;
    }

    void restore(Map<String, float[]> values) {
        averages.forEach((name, a) -> Parameters.overwrite(a, values.get(PREFIX + name)));
        if (decay > 0) {
            tables.all()
                    .forEach(
                            (embedding, t) ->
                                    t.write(
                                            TrainedTable.Part.AVERAGE,
                                            values.get(tensor(embedding))));
        }
    }

    private static String tensor(String embedding) {
        return PREFIX + TensorShapes.EMBEDDING + embedding;
    }
}
