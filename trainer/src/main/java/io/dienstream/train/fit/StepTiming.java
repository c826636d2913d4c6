package io.dienstream.train.fit;

import ai.djl.engine.Engine;
import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.batch.Batch;
import io.dienstream.train.batch.EncodedExample;
import io.dienstream.train.batch.ExampleEncoder;
import io.dienstream.train.batch.Negatives;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Steps of DIEN with auxiliary loss on random batches: what one costs, and whether the process
 * grows.
 */
public final class StepTiming implements AutoCloseable {
    /** Rows of the item embedding where nothing else is asked for. */
    public static final int ITEMS = 20_000;

    private static final int MOST_DRAWN = 100_000;
    private static final int CATEGORIES = 1_000;
    private static final int WIDTH = 18;
    private static final double RATE = 1e-3;
    private static final double NANOS_PER_MS = 1e6;

    private final int batchSize;
    private final int steps;
    private final int items;
    private final ModelConfig config;
    private final TrainingStep step;
    private final Negatives negatives;
    private final Random random = new Random(1);

    /**
     * @param batchSize B
     * @param steps T, the longest history
     * @param items rows of the item embedding
     */
    public StepTiming(int batchSize, int steps, int items, AttentionType attention, Engine engine) {
        this.items = items;
        this.batchSize = batchSize;
        this.steps = steps;
        List<ModelConfig.Field> fields =
                List.of(
                        new ModelConfig.Field("item", "item"),
                        new ModelConfig.Field("category", "category"));
        Manifest manifest =
                new Manifest(
                        Manifest.FORMAT,
                        "random",
                        fields,
                        fields,
                        List.of(),
                        List.of(),
                        steps,
                        Map.of(),
                        Map.of(),
                        Map.of("item", items - 1, "category", CATEGORIES - 1),
                        List.of(),
                        0);
        config =
                new ModelConfigs(
                                "timing",
                                "1",
                                Architecture.DIEN,
                                attention,
                                GateForm.PAPER,
                                WIDTH,
                                Map.of(),
                                List.of(200, 80))
                        .of(manifest);
        Recipe recipe = Recipe.of(1, 1, batchSize, RATE).uniformNegatives(true).patience(1).build();
        step = new TrainingStep(config, recipe, engine);
        negatives = new Negatives(catalog(), new ExampleEncoder(config, vocabularies()), true, 0);
    }

    /** Rows of the item embedding. */
    public int items() {
        return items;
    }

    /** What negatives are drawn from: items all over the table, as many as fit the memory. */
    private int drawn() {
        return Math.min(items - 1, MOST_DRAWN);
    }

    private Map<String, List<String>> vocabularies() {
        return Map.of("item", ids("i", items - 1), "category", ids("c", CATEGORIES - 1));
    }

    private static List<String> ids(String prefix, int n) {
        return IntStream.range(0, n).mapToObj(i -> prefix + i).toList();
    }

    private List<CatalogEntry> catalog() {
        int stride = (items - 1) / drawn();
        return IntStream.range(0, drawn())
                .mapToObj(
                        i ->
                                Map.of(
                                        "item",
                                        "i" + i * stride,
                                        "category",
                                        "c" + i % (CATEGORIES - 1)))
                .map(fields -> new CatalogEntry(fields, 1))
                .toList();
    }

    /**
     * One step on a fresh batch.
     *
     * @param length of all its histories, at most T
     * @return milliseconds, without making the batch
     */
    public double run(int length) throws IOException {
        Batch batch = batch(length);
        long start = System.nanoTime();
        step.run(batch, RATE);
        return (System.nanoTime() - start) / NANOS_PER_MS;
    }

    /** A length for {@link #run} when histories should differ from step to step. */
    public int randomLength() {
        return 1 + random.nextInt(steps);
    }

    private Batch batch(int length) {
        List<Batch.Row> rows = new ArrayList<>();
        for (int b = 0; b < batchSize; b++) {
            EncodedExample example =
                    new EncodedExample(
                            new int[0],
                            new int[0],
                            rows(length),
                            rows(1),
                            new boolean[] {random.nextBoolean()},
                            new boolean[1]);
            rows.add(new Batch.Row(example, 0));
        }
        return new Batch(config, rows, negatives, random);
    }

    private int[] rows(int n) {
        int[] rows = new int[2 * n];
        for (int i = 0; i < n; i++) {
            rows[2 * i] = random.nextInt(items);
            rows[2 * i + 1] = random.nextInt(CATEGORIES);
        }
        return rows;
    }

    @Override
    public void close() {
        step.close();
    }
}
