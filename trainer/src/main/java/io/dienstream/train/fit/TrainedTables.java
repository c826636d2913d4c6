package io.dienstream.train.fit;

import io.dienstream.dien.model.TensorShapes;
import io.dienstream.train.network.BatchRows;
import io.dienstream.train.network.Parameters;
import io.dienstream.train.network.RowTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The embeddings of a training, which share the history of its updates. */
final class TrainedTables implements Parameters.TableFactory {
    private static final String STAMPS = "adam.touched.";
    private static final String RATES = "adam.rates";
    private static final float[] NONE = {};

    private final float weightDecay;
    private final boolean averages;
    private final float rate;
    private final UpdateHistory history;
    private final Map<String, TrainedTable> tables = new LinkedHashMap<>();

    /**
     * @param averaging decay of the running average of weights; 0 for none
     * @param rate factor of the learning rate
     */
    TrainedTables(double weightDecay, double averaging, double rate) {
        this.weightDecay = (float) weightDecay;
        this.rate = (float) rate;
        averages = averaging > 0;
        history = new UpdateHistory(this.weightDecay, averaging);
    }

    @Override
    public RowTable of(String embedding, float[] values, int width) {
        TrainedTable table = new TrainedTable(values, width, averages, history);
        tables.put(embedding, table);
        return table;
    }

    float weightDecay() {
        return weightDecay;
    }

    UpdateHistory history() {
        return history;
    }

    /** By embedding. */
    Map<String, TrainedTable> all() {
        return tables;
    }

    /**
     * One update of Adam.
     *
     * @param rows that the step touched, with their gradients
     * @param corrected learning rate
     */
    void update(List<BatchRows> rows, float learningRate, float rescale, float corrected) {
        history.add(learningRate * rate);
        for (BatchRows r : rows) {
            float[] gradient = r.values().getGradient().toFloatArray();
            tables.get(r.embedding())
                    .update(r.rows(), r.count(), gradient, rescale, corrected * rate);
        }
    }

    /** Moments and stamps under names of their own, as they lie in the tables. */
    Map<String, float[]> state() {
        Map<String, float[]> state = new LinkedHashMap<>();
        tables.forEach(
                (embedding, table) -> {
                    String name = TensorShapes.EMBEDDING + embedding;
                    state.put(Adam.MEAN + name, table.read(TrainedTable.Part.MEAN));
                    state.put(Adam.VARIANCE + name, table.read(TrainedTable.Part.VARIANCE));
                    state.put(STAMPS + name, table.stamps());
                });
        state.put(RATES, history.rates());
        return state;
    }

    /** Weights as they lie in the tables, under the artifact's names. */
    Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        tables.forEach(
                (embedding, table) ->
                        weights.put(
                                TensorShapes.EMBEDDING + embedding,
                                table.read(TrainedTable.Part.WEIGHT)));
        return weights;
    }

    /** Goes on from what {@link #state} and {@link #weights} gave. */
    void restore(Map<String, float[]> state, long updates) {
        replay(history, state, updates);
        tables.forEach(
                (embedding, table) -> {
                    String name = TensorShapes.EMBEDDING + embedding;
                    table.write(TrainedTable.Part.WEIGHT, state.get(name));
                    table.write(TrainedTable.Part.MEAN, state.get(Adam.MEAN + name));
                    table.write(TrainedTable.Part.VARIANCE, state.get(Adam.VARIANCE + name));
                    table.restoreStamps(state.get(STAMPS + name));
                });
    }

    /** A checkpoint of before tables had stamps is up to date in every row. */
    private static void replay(UpdateHistory history, Map<String, float[]> state, long updates) {
        float[] rates = state.getOrDefault(RATES, NONE);
        history.begin(updates - rates.length);
        for (float rate : rates) {
            history.add(rate);
        }
    }

    /**
     * Takes over the moments of another training, brought up to date, and no weights.
     *
     * @throws IOException where a table has fewer rows than it had there
     */
    void carry(Map<String, float[]> state, long updates, Path from) throws IOException {
        UpdateHistory before = new UpdateHistory(0, 0);
        replay(before, state, updates);
        for (Map.Entry<String, TrainedTable> e : tables.entrySet()) {
            TrainedTable table = e.getValue();
            String name = TensorShapes.EMBEDDING + e.getKey();
            float[] mean = state.get(Adam.MEAN + name);
            float[] variance = state.get(Adam.VARIANCE + name);
            int size = Math.multiplyExact(table.rows(), table.width());
            if (mean == null
                    || variance == null
                    || mean.length > size
                    || variance.length != mean.length) {
                throw Adam.otherNetwork(from, name);
            }
            table.write(TrainedTable.Part.MEAN, Arrays.copyOf(mean, size));
            table.write(TrainedTable.Part.VARIANCE, Arrays.copyOf(variance, size));
            table.decayMoments(state.get(STAMPS + name), before);
        }
        history.begin(updates);
        tables.values().forEach(t -> t.restoreStamps(null));
    }
}
