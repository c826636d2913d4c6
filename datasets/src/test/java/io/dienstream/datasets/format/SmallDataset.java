package io.dienstream.datasets.format;

import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A made-up data set with a rule that only a sequence model can use fully: a user likes the
 * category of the last behavior, and a candidate of it is clicked nine times in ten, another once
 * in ten. The best possible AUC is 0.9 with one liked and one other candidate a request.
 */
public final class SmallDataset {
    private static final int CATEGORIES = 6;
    private static final int ITEMS = 60;
    private static final double LIKED = 0.9;
    private static final long TIME = 1_700_000_000_000L;

    private final Random random;
    private long clock = TIME;

    private SmallDataset(long seed) {
        random = new Random(seed);
    }

    /** Writes it: {@code train} requests, a quarter as many for validation and for test. */
    public static Dataset write(Path directory, int train, long seed) throws IOException {
        SmallDataset small = new SmallDataset(seed);
        try (DatasetWriter writer = new DatasetWriter(directory, 3, seed)) {
            for (Split split : Split.values()) {
                int requests = split == Split.TRAIN ? train : train / 4;
                for (int i = 0; i < requests; i++) {
                    writer.write(split, small.request(split.key() + i));
                }
            }
            writer.finish(small.manifest(writer), small.vocabularies(), small.catalog());
        }
        return Dataset.open(directory);
    }

    private static Map<String, String> ad(int item) {
        return Map.of("item", "i" + item, "category", "c" + item % CATEGORIES);
    }

    private TrainingExample request(String id) {
        int length = random.nextInt(9);
        int liked = random.nextInt(CATEGORIES);
        List<ServedBehavior> behaviors = new ArrayList<>();
        for (int t = 0; t < length; t++) {
            int item = random.nextInt(ITEMS);
            liked = item % CATEGORIES;
            behaviors.add(new ServedBehavior(clock++, ad(item)));
        }
        int good = random.nextInt(ITEMS / CATEGORIES) * CATEGORIES + liked;
        int other = good;
        while (other % CATEGORIES == liked) {
            other = random.nextInt(ITEMS);
        }
        List<LabeledCandidate> candidates = new ArrayList<>();
        candidates.add(candidate(good, random.nextDouble() < LIKED));
        candidates.add(candidate(other, random.nextDouble() >= LIKED));
        return OfflineExample.of(
                id, "u" + id, clock++, Map.of(), Map.of(), behaviors, candidates, "");
    }

    private static LabeledCandidate candidate(int item, boolean clicked) {
        return OfflineExample.candidate("i" + item, ad(item), clicked, false);
    }

    private Map<String, List<String>> vocabularies() {
        return Map.of(
                "item", IntStream.range(0, ITEMS).mapToObj(i -> "i" + i).toList(),
                "category", IntStream.range(0, CATEGORIES).mapToObj(i -> "c" + i).toList());
    }

    private List<CatalogEntry> catalog() {
        return IntStream.range(0, ITEMS).mapToObj(i -> new CatalogEntry(ad(i), 1 + i)).toList();
    }

    private Manifest manifest(DatasetWriter writer) {
        List<ModelConfig.Field> fields =
                List.of(
                        new ModelConfig.Field("item", "item"),
                        new ModelConfig.Field("category", "category"));
        return new Manifest(
                Manifest.FORMAT,
                "small",
                fields,
                fields,
                List.of(),
                List.of(),
                8,
                Map.of(),
                writer.counts(),
                Map.of("item", ITEMS, "category", CATEGORIES),
                List.of(),
                0);
    }
}
