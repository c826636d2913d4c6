package io.dienstream.train.network;

import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.batch.Batch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a batch looks up: the rows of each embedding that it needs, each once and in order of
 * appearance, and the batch's fields as places among them in place of row numbers.
 */
final class Lookup {
    /** Places, [fields][B]. */
    final int[][] user;

    /** Places, [fields][B]. */
    final int[][] context;

    /** Places, [fields][B]. */
    final int[][] ads;

    /** Places, [fields][U * T]. */
    final int[][] behaviors;

    /** Places, [fields][U * T], or null. */
    final int[][] negatives;

    private final Map<String, DistinctRows> distinct = new LinkedHashMap<>();

    /**
     * @param everyRow whether all rows are looked up, whatever the batch needs
     */
    Lookup(Batch batch, ModelConfig config, Parameters parameters, boolean everyRow) {
        Map<String, Integer> cells = new LinkedHashMap<>();
        count(config.userFields(), batch.user, cells);
        count(config.contextFields(), batch.context, cells);
        count(config.adFields(), batch.ads, cells);
        count(config.behaviorFields(), batch.behaviors, cells);
        if (batch.negatives != null) {
            count(config.behaviorFields(), batch.negatives, cells);
        }
        cells.forEach(
                (embedding, most) -> {
                    int all = everyRow ? parameters.table(embedding).rows() : 0;
                    DistinctRows rows = new DistinctRows(Math.addExact(most, all));
                    for (int row = 0; row < all; row++) {
                        rows.place(row);
                    }
                    distinct.put(embedding, rows);
                });
        user = places(config.userFields(), batch.user);
        context = places(config.contextFields(), batch.context);
        ads = places(config.adFields(), batch.ads);
        behaviors = places(config.behaviorFields(), batch.behaviors);
        negatives =
                batch.negatives == null ? null : places(config.behaviorFields(), batch.negatives);
    }

    private static void count(
            List<ModelConfig.Field> fields, int[][] rows, Map<String, Integer> cells) {
        for (int f = 0; f < rows.length; f++) {
            cells.merge(fields.get(f).embedding(), rows[f].length, Math::addExact);
        }
    }

    private int[][] places(List<ModelConfig.Field> fields, int[][] rows) {
        int[][] places = new int[rows.length][];
        for (int f = 0; f < rows.length; f++) {
            places[f] = distinct.get(fields.get(f).embedding()).places(rows[f]);
        }
        return places;
    }

    /** By embedding. */
    Map<String, DistinctRows> distinct() {
        return distinct;
    }
}
