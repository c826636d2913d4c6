package io.dienstream.train.network;

import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.batch.Batch;
import io.dienstream.train.batch.EncodedExample;
import io.dienstream.train.batch.ExampleEncoder;
import io.dienstream.train.batch.Negatives;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random examples of {@link RandomModels#config}. */
final class Examples {
    private Examples() {}

    /** One candidate each, histories of the given lengths. */
    static List<Batch.Row> rows(Random random, int... lengths) {
        List<Batch.Row> rows = new ArrayList<>();
        for (int length : lengths) {
            int[] behaviors = new int[2 * length];
            for (int t = 0; t < length; t++) {
                behaviors[2 * t] = random.nextInt(RandomModels.ITEMS);
                behaviors[2 * t + 1] = random.nextInt(7);
            }
            int[] ad = {random.nextInt(RandomModels.ITEMS), random.nextInt(7)};
            boolean[] clicked = {rows.size() % 2 == 0};
            rows.add(
                    new Batch.Row(
                            new EncodedExample(
                                    new int[] {random.nextInt(7)},
                                    new int[0],
                                    behaviors,
                                    ad,
                                    clicked,
                                    new boolean[1]),
                            0));
        }
        return rows;
    }

    static Negatives negatives(ModelConfig config) {
        List<CatalogEntry> catalog = new ArrayList<>();
        for (String item : RandomModels.items()) {
            catalog.add(new CatalogEntry(Map.of("item", item, "category", "c" + item), 1));
        }
        Map<String, List<String>> vocabularies = Map.of("item", RandomModels.items());
        return new Negatives(catalog, new ExampleEncoder(config, vocabularies), true, 0);
    }
}
