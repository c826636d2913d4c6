package io.dienstream.train.fit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.dienstream.train.network.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A running average of the trainable tensors, w' = d w' + (1 - d) w after each update (Polyak and
 * Juditsky 1992). Early on d is smaller, (1 + updates) / (10 + updates), so that the first values
 * are soon forgotten.
 */
final class WeightAverage {
    private static final String PREFIX = "average.";

    private final Parameters parameters;
    private final double decay;
    private final Map<String, NDArray> averages = new LinkedHashMap<>();

    /**
     * @param decay d; 0 keeps no average
     */
    WeightAverage(Parameters parameters, double decay, NDManager manager) {
        this.parameters = parameters;
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

    /**
     * @param updates so far, this one included
     * @param step owns what is computed on the way; the parameters are lent to it
     */
    void add(long updates, NDManager step) {
        double d = Math.min(decay, (1.0 + updates) / (10.0 + updates));
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
    }

    /** What is measured and exported: all values, averaged where there is an average. */
    Map<String, float[]> values() {
        Map<String, float[]> values = new LinkedHashMap<>(parameters.values(false));
        averages.forEach((name, a) -> values.put(name, a.toFloatArray()));
        return values;
    }

    Map<String, float[]> state() {
        Map<String, float[]> values = new LinkedHashMap<>();
        averages.forEach((name, a) -> values.put(PREFIX + name, a.toFloatArray()));
        return values;
    }

    void restore(Map<String, float[]> values) {
        averages.forEach((name, a) -> Parameters.overwrite(a, values.get(PREFIX + name)));
    }
}
