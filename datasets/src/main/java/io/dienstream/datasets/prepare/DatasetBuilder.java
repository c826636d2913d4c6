package io.dienstream.datasets.prepare;

import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.datasets.format.DatasetWriter;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.log.LineException;
import io.dienstream.dien.artifact.Vocabulary;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the preparations have in common: examples go to their split, ids of the training part are
 * counted for the vocabularies, and manifest and files are completed. Each field has the embedding
 * of its own name.
 */
final class DatasetBuilder implements AutoCloseable {
    private static final long EXAMPLES_PER_SHARD = 50_000;
    private static final int MAX_SHARDS = 64;

    private final DatasetWriter writer;
    private final int minCount;
    private final int maxLength;
    private final Map<String, String> described;
    private final String name;
    private final Map<String, Map<String, Long>> ids = new HashMap<>();

    /**
     * @param expected about how many training examples there will be
     */
    DatasetBuilder(Path output, PrepareSettings settings, long expected) throws IOException {
        this(
                output,
                settings.seed(),
                settings.minCount(),
                settings.maxLength(),
                settings.describe(),
                expected);
    }

    DatasetBuilder(Path output, TimeOrderedSettings settings, long expected) throws IOException {
        this(
                output,
                settings.seed(),
                settings.minCount(),
                settings.maxLength(),
                settings.describe(),
                expected);
    }

    private DatasetBuilder(
            Path output,
            long seed,
            int minCount,
            int maxLength,
            Map<String, String> described,
            long expected)
            throws IOException {
        int shards = (int) Math.max(1, Math.min(MAX_SHARDS, expected / EXAMPLES_PER_SHARD));
        writer = new DatasetWriter(output, shards, seed);
        this.minCount = minCount;
        this.maxLength = maxLength;
        this.described = described;
        this.name = output.toAbsolutePath().getFileName().toString();
    }

    /**
     * @throws LineException where an id can be in no vocabulary, which has a line for each
     */
    static void requireIds(Collection<String> ids) throws LineException {
        for (String id : ids) {
            if (id.indexOf('\n') >= 0 || id.indexOf('\r') >= 0) {
                throw new LineException("an id has a line break, which no vocabulary can hold");
            }
            if (Vocabulary.isMarked(id)) {
                throw new LineException(
                        "an id begins with a byte order mark, which would be read without it");
            }
            if (!Vocabulary.holds(id)) {
                throw new LineException(
                        "an id of %,d characters is longer than, or not text as, a vocabulary can hold"
                                .formatted(id.length()));
            }
        }
    }

    /** Counts the ids of an ad or behavior for the vocabularies. */
    void count(Map<String, String> fields, long times) {
        fields.forEach(
                (field, id) -> {
                    if (!id.isEmpty()) {
                        ids.computeIfAbsent(field, f -> new HashMap<>())
                                .merge(id, times, Long::sum);
                    }
                });
    }

    void add(Split split, TrainingExample example) throws IOException {
        writer.write(split, example);
        if (split == Split.TRAIN) {
            count(example.getUser(), 1);
            count(example.getContext(), 1);
        }
    }

    /** Adds what items are called; nothing where nobody knows. */
    void titles(Map<String, String> titles) throws IOException {
        if (!titles.isEmpty()) {
            writer.titles(titles);
        }
    }

    /**
     * Completes the data set.
     *
     * @param names of its fields; ids of others were counted for nothing
     * @throws IOException where there is nothing to learn from
     */
    Manifest finish(
            DatasetFields names, List<Path> sources, long refused, Iterable<CatalogEntry> catalog)
            throws IOException {
        Manifest.Counts train = writer.counts().get(Split.TRAIN.key());
        if (train.clicks() == 0 || train.clicks() == train.examples()) {
            throw new IOException(
                    "%s: %,d training examples with %,d clicks; both clicked and not clicked are needed, and users with two behaviors"
                            .formatted(sources.get(0), train.examples(), train.clicks()));
        }
        return complete(names, describe(sources), refused, catalog);
    }

    /** Completes the data set, whether or not there is something to learn from in it. */
    Manifest complete(
            DatasetFields names,
            List<Manifest.Source> sources,
            long refused,
            Iterable<CatalogEntry> catalog)
            throws IOException {
        Map<String, List<String>> vocabularies = new LinkedHashMap<>();
        Map<String, Integer> sizes = new LinkedHashMap<>();
        for (List<String> group : List.of(names.ads(), names.user(), names.context())) {
            for (String field : group) {
                List<String> kept = byFrequency(ids.getOrDefault(field, Map.of()));
                vocabularies.put(field, kept);
                sizes.put(field, kept.size());
            }
        }
        Manifest manifest =
                new Manifest(
                        Manifest.FORMAT,
                        name,
                        fields(names.ads()),
                        fields(names.ads()),
                        fields(names.user()),
                        fields(names.context()),
                        maxLength,
                        described,
                        writer.counts(),
                        sizes,
                        sources,
                        refused);
        writer.finish(manifest, vocabularies, catalog);
        return manifest;
    }

    private List<String> byFrequency(Map<String, Long> found) {
        return found.entrySet().stream()
                .filter(e -> e.getValue() >= minCount)
                // a stream serves any id; one that no vocabulary can hold stays unknown
                .filter(e -> Vocabulary.holds(e.getKey()))
                .sorted(
                        Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                                .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<ModelConfig.Field> fields(List<String> names) {
        return names.stream().map(n -> new ModelConfig.Field(n, n)).toList();
    }

    static List<Manifest.Source> describe(List<Path> sources) throws IOException {
        List<Manifest.Source> result = new ArrayList<>();
        for (Path source : sources) {
            result.add(Manifest.Source.of(source, source.getFileName().toString()));
        }
        return result;
    }

    /** Removes what was written unless it was finished. */
    @Override
    public void close() throws IOException {
        writer.close();
    }
}
