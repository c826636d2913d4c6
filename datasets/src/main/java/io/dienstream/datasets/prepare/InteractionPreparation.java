package io.dienstream.datasets.prepare;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.history.RetainedBehaviors;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import me.tongfei.progressbar.ProgressBar;

/**
 * A log of positives becomes a data set, as in the paper: the behavior at a position is the click,
 * what a request one millisecond before it would have seen in the stream is the history (so nothing
 * of the click's own moment), and negatives are drawn from the catalog.
 */
final class InteractionPreparation {
    private static final int ATTEMPTS = 100;

    private final InteractionSource source;
    private final PrepareSettings settings;
    private final TestPairs pairs;
    private final UserSplit users;
    private final Random random;

    private InteractionStore store;
    private DatasetBuilder builder;
    private TimeSplit times;
    private final Map<Split, PopularitySampler> samplers = new EnumMap<>(Split.class);
    private Map<String, Integer> adByItem;
    private List<Map<String, String>> adFields;

    /**
     * @param pairs a fixed test, or null
     */
    InteractionPreparation(InteractionSource source, PrepareSettings settings, TestPairs pairs) {
        this.source = source;
        this.settings = settings;
        this.pairs = pairs;
        users = new UserSplit(settings, pairs == null ? null : pairs.byUser().keySet());
        random = new Random(settings.seed());
    }

    Manifest write(Path output, LineBudget bad) throws IOException {
        try (InteractionStore opened = new InteractionStore(settings.maxLength())) {
            store = opened;
            read(bad);
            long expected = settings.allPositions() ? store.size() : store.users();
            try (DatasetBuilder opening =
                    new DatasetBuilder(output, settings, expected * (1 + settings.negatives()))) {
                builder = opening;
                List<CatalogEntry> catalog = catalog();
                try (ProgressBar bar = Bars.start("examples", store.size())) {
                    store.forEachUser(
                            (user, rows) -> {
                                user(user, rows);
                                bar.stepBy(rows.size());
                            });
                }
                builder.titles(source.titles());
                List<Path> sources = new ArrayList<>(source.files());
                if (pairs != null) {
                    sources.add(pairs.file());
                }
                DatasetFields fields =
                        new DatasetFields(source.adFields(), source.userFields(), List.of());
                return builder.finish(fields, sources, bad.refused(), catalog);
            }
        }
    }

    private void read(LineBudget bad) throws IOException {
        try (ProgressBar bar = Bars.start("read", -1)) {
            source.read(
                    bad,
                    interaction -> {
                        settings.times().check(interaction.timestamp());
                        DatasetBuilder.requireIds(interaction.ad());
                        store.add(interaction);
                        bar.step();
                    });
        }
        if (store.size() == 0) {
            throw new IOException(source.files().get(0) + ": holds no behavior");
        }
        if (pairs != null) {
            for (String user : pairs.byUser().keySet()) {
                if (store.userNumber(user) == null) {
                    throw new IOException(pairs.file() + ": no behavior of user " + user);
                }
            }
        }
    }

    /** Counts what training may know of: the ads' popularity there. */
    private List<CatalogEntry> catalog() throws IOException {
        times = settings.byTime() ? TimeSplit.of(store, settings) : null;
        Map<Split, long[]> countsBySplit = counts();
        long[] counts = countsBySplit.get(Split.TRAIN);
        adByItem = new HashMap<>();
        adFields = new ArrayList<>();
        List<CatalogEntry> catalog = new ArrayList<>();
        for (int ad = 0; ad < counts.length; ad++) {
            Map<String, String> fields = fields(store.ad(ad));
            adFields.add(fields);
            adByItem.putIfAbsent(store.ad(ad).get(0), ad);
            if (counts[ad] > 0) {
                builder.count(fields, counts[ad]);
                catalog.add(new CatalogEntry(fields, counts[ad]));
            }
        }
        if (catalog.isEmpty()) {
            throw new IOException(source.files().get(0) + ": no behavior falls into training");
        }
        PopularitySampler ofTraining = sampler(counts);
        for (Split split : Split.values()) {
            long[] own = countsBySplit.get(split);
            boolean isOwn = settings.contemporary() && split != Split.TRAIN;
            if (!isOwn) {
                samplers.put(split, ofTraining);
            } else if (LongStream.of(own).anyMatch(n -> n > 0)) {
                samplers.put(split, sampler(own));
            }
        }
        return catalog;
    }

    /**
     * How often each ad was clicked in what training knows of, and in the time of validation and of
     * test: by users that is all the time, and whoever clicked counts.
     */
    private Map<Split, long[]> counts() throws IOException {
        Map<Split, long[]> counts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            counts.put(split, new long[store.ads()]);
        }
        store.forEachUser(
                (user, rows) -> {
                    Split split = users.of(store.user(user));
                    for (InteractionStore.Row row : rows) {
                        if (times != null) {
                            counts.get(times.of(row.timestamp()))[row.ad()]++;
                            continue;
                        }
                        counts.get(Split.VALIDATION)[row.ad()]++;
                        counts.get(Split.TEST)[row.ad()]++;
                        if (split == Split.TRAIN) {
                            counts.get(Split.TRAIN)[row.ad()]++;
                        }
                    }
                });
        return counts;
    }

    private PopularitySampler sampler(long[] counts) {
        double[] weights = new double[counts.length];
        for (int ad = 0; ad < weights.length; ad++) {
            weights[ad] = settings.uniform() ? Math.min(1, counts[ad]) : counts[ad];
        }
        return new PopularitySampler(weights);
    }

    private Map<String, String> fields(List<String> values) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int f = 0; f < values.size(); f++) {
            if (!values.get(f).isEmpty()) {
                fields.put(source.adFields().get(f), values.get(f));
            }
        }
        return fields;
    }

    private void user(int user, List<InteractionStore.Row> rows) throws IOException {
        String id = store.user(user);
        TestPairs.Pair pair = pairs == null ? null : pairs.byUser().get(id);
        int last = rows.size() - 1;
        if (pair != null) {
            last = check(pair, id, rows);
        }
        RetainedBehaviors<InteractionStore.Row> view =
                new RetainedBehaviors<>(rows, InteractionStore.Row.ORDER, settings.maxLength());
        Split split = users.of(id);
        boolean every = settings.byTime() || (settings.allPositions() && split == Split.TRAIN);
        for (int k = every ? 1 : Math.max(1, last); k <= last; k++) {
            Split of = times == null ? split : times.of(rows.get(k).timestamp());
            if (times != null && of == Split.TRAIN && !settings.allPositions() && k < last) {
                continue;
            }
            InteractionStore.Row click = rows.get(k);
            builder.add(of, example(of, id, k, click, view.at(click.timestamp() - 1), pair));
        }
    }

    private int check(TestPairs.Pair pair, String id, List<InteractionStore.Row> rows)
            throws IOException {
        if (pair.position() >= rows.size()
                || !store.ad(rows.get(pair.position()).ad()).get(0).equals(pair.positive())) {
            throw new IOException(
                    "%s: user %s has no behavior on %s at position %d"
                            .formatted(pairs.file(), id, pair.positive(), pair.position()));
        }
        if (!adByItem.containsKey(pair.negative())) {
            throw new IOException(pairs.file() + ": no behavior on item " + pair.negative());
        }
        return pair.position();
    }

    private TrainingExample example(
            Split split,
            String user,
            int position,
            InteractionStore.Row click,
            List<InteractionStore.Row> seen,
            TestPairs.Pair pair) {
        List<ServedBehavior> behaviors = new ArrayList<>();
        for (InteractionStore.Row row : seen) {
            behaviors.add(new ServedBehavior(row.timestamp(), adFields.get(row.ad())));
        }
        List<LabeledCandidate> candidates = new ArrayList<>();
        candidates.add(candidate(click.ad(), true));
        if (pair != null) {
            candidates.add(candidate(adByItem.get(pair.negative()), false));
        } else {
            for (int n = 0; n < settings.negatives(); n++) {
                candidates.add(candidate(negative(split, click.ad()), false));
            }
        }
        return OfflineExample.of(
                user + "-" + position,
                user,
                click.timestamp() - 1,
                source.user(user),
                Map.of(),
                behaviors,
                candidates,
                "");
    }

    private LabeledCandidate candidate(int ad, boolean clicked) {
        return OfflineExample.candidate(store.ad(ad).get(0), adFields.get(ad), clicked, !clicked);
    }

    private int negative(Split split, int clicked) {
        PopularitySampler sampler = samplers.get(split);
        int drawn = sampler.next(random);
        for (int i = 0; i < ATTEMPTS && drawn == clicked; i++) {
            drawn = sampler.next(random);
        }
        return drawn;
    }
}
