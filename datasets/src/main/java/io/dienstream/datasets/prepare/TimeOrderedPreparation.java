package io.dienstream.datasets.prepare;

import io.dienstream.datasets.format.CatalogEntry;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.log.LineException;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Examples in the order of time to a data set: the newest requests are the test, those before them
 * validation. Vocabularies are of the ids that training requests saw, in behaviors (each once a
 * user, however many of the user's requests saw it) and candidates. The catalog has the ads of
 * both, counted by behaviors alone: what nobody acted on yet is drawn only where draws are uniform.
 */
public final class TimeOrderedPreparation {
    private final TimeOrderedSettings settings;
    private final Set<String> behaviorFields = new TreeSet<>();
    private final Set<String> candidateFields = new TreeSet<>();
    private final Set<String> userFields = new TreeSet<>();
    private final Set<String> contextFields = new TreeSet<>();
    private final Map<Map<String, String>, Long> popularity = new LinkedHashMap<>();
    private final Map<Map<String, String>, Long> shown = new LinkedHashMap<>();

    /** Time of the newest behavior of each user that was counted, ms. */
    private final Map<String, Long> counted = new HashMap<>();

    /** The rate in force, for examples that do not say and have no candidate that does. */
    private double negativeRate = 1;

    private final Dataset.Consumer labels;
    private final Map<Split, Long> immature = new EnumMap<>(Split.class);

    /** The newest time at which a label became final, ms. */
    private long cut;

    private Long newestImpression;
    private Long newestLearned;
    private Long wait;
    private double lowestRate = 1;

    public TimeOrderedPreparation(TimeOrderedSettings settings) {
        this(settings, e -> {});
    }

    /**
     * @param labels changes the labels of an example that turned out to be others, and says what
     *     they count
     */
    public TimeOrderedPreparation(TimeOrderedSettings settings, Dataset.Consumer labels) {
        this.settings = settings;
        this.labels = labels;
    }

    /**
     * Writes the data set.
     *
     * @param sources of the examples
     * @param refused of the sources, for the manifest
     * @throws NoExamplesException where there is none
     * @throws IOException where the data set cannot be written
     */
    public Manifest write(
            Path output, ExampleSpool examples, List<Manifest.Source> sources, long refused)
            throws IOException {
        long[] times = examples.order();
        if (times.length == 0) {
            throw new NoExamplesException();
        }
        cut = times[times.length - 1];
        TimeSplit split = TimeSplit.of(times, settings.validationShare(), settings.testShare());
        try (DatasetBuilder builder = new DatasetBuilder(output, settings, 4L * times.length)) {
            examples.forEach(e -> add(split.of(ExampleSpool.time(e)), e, builder));
            popularity.forEach(builder::count);
            shown.forEach(builder::count);
            return builder.complete(fields(), sources, refused, catalog());
        }
    }

    private void add(Split split, TrainingExample example, DatasetBuilder builder)
            throws IOException {
        labels.accept(example);
        addFields(example, example.getUser().keySet(), userFields);
        addFields(example, example.getContext().keySet(), contextFields);
        example.setNegativeRate(rate(example));
        lowestRate = Math.min(lowestRate, negativeRate);
        long newest = counted.getOrDefault(example.getUserId(), Long.MIN_VALUE);
        long last = newest;
        for (ServedBehavior b : example.getBehaviors()) {
            addFields(example, b.getFields().keySet(), behaviorFields);
            if (split == Split.TRAIN && b.getTimestamp() > newest) {
                popularity.merge(b.getFields(), 1L, Long::sum);
                last = Math.max(last, b.getTimestamp());
            }
        }
        for (LabeledCandidate c : example.getCandidates()) {
            addFields(example, c.getFields().keySet(), candidateFields);
            if (split == Split.TRAIN) {
                shown.merge(c.getFields(), 1L, Long::sum);
            }
            if (c.getImpressedAt() != null) {
                impression(split, c.getImpressedAt(), ExampleSpool.time(example));
            }
        }
        if (split == Split.TRAIN) {
            counted.put(example.getUserId(), last);
        }
        builder.add(split, example);
    }

    private void impression(Split split, long at, long closedAt) {
        wait = Math.max(wait == null ? 0 : wait, closedAt - at);
        Long correctionWait = settings.immature().correctionWaitMs();
        if (correctionWait != null && cut - at < correctionWait) {
            immature.merge(split, 1L, Long::sum);
        }
        if (split != Split.TEST) {
            newestImpression = Math.max(newestImpression == null ? at : newestImpression, at);
        }
        if (split == Split.TRAIN) {
            newestLearned = Math.max(newestLearned == null ? at : newestLearned, at);
        }
    }

    /** w of an example; null where nothing was left out, as in a log that knows of no sampling. */
    private Double rate(TrainingExample example) throws IOException {
        checkRate(example, example.getNegativeRate());
        for (LabeledCandidate c : example.getCandidates()) {
            checkRate(example, c.getSamplingRate());
        }
        if (example.getNegativeRate() != null) {
            negativeRate = example.getNegativeRate();
        } else {
            for (LabeledCandidate c : example.getCandidates()) {
                if (!c.getClicked() && !c.getSampled()) {
                    negativeRate = c.getSamplingRate() == null ? 1 : c.getSamplingRate();
                }
            }
        }
        return negativeRate == 1 ? null : negativeRate;
    }

    private static void checkRate(TrainingExample example, Double rate) throws IOException {
        if (rate != null && !(rate > 0 && rate <= 1)) {
            throw new IOException(
                    "request %s: a rate of sampling is %s, not in (0, 1]"
                            .formatted(example.getRequestId(), rate));
        }
    }

    private static void addFields(
            TrainingExample example, Collection<String> names, Set<String> known)
            throws IOException {
        try {
            ImpressionPreparation.addFields(names, known);
        } catch (LineException e) {
            throw new IOException("request " + example.getRequestId() + ": " + e.getMessage(), e);
        }
    }

    /** Models multiply ads and behaviors, so both need the fields; behaviors say which. */
    DatasetFields fields() {
        Set<String> ads = behaviorFields.isEmpty() ? candidateFields : behaviorFields;
        return new DatasetFields(
                List.copyOf(ads), List.copyOf(userFields), List.copyOf(contextFields));
    }

    /** Newest impression before the test, ms; null where no example says. */
    public Long newestImpression() {
        return newestImpression;
    }

    /** Newest impression of the training part, ms; null where no example says. */
    public Long newestLearned() {
        return newestLearned;
    }

    /** The longest from an impression until its label was final, ms; null where none says. */
    public Long waitMs() {
        return wait;
    }

    /** Labels that are younger than the wait for corrections; of a split without any nothing. */
    public Map<Split, Long> immature() {
        return immature;
    }

    /** The smallest rate with which negatives were kept. */
    public double lowestRate() {
        return lowestRate;
    }

    /** Fields that candidates have and behaviors lack: no model has them. */
    public Set<String> leftOut() {
        Set<String> names = new TreeSet<>(candidateFields);
        names.removeAll(fields().ads());
        return names;
    }

    private List<CatalogEntry> catalog() {
        Map<Map<String, String>, Long> ads = new LinkedHashMap<>(popularity);
        shown.forEach(
                (candidate, times) -> {
                    Map<String, String> ad = new LinkedHashMap<>(candidate);
                    ad.keySet().retainAll(fields().ads());
                    // without any behavior what was shown is all that there is to draw from
                    ads.merge(ad, popularity.isEmpty() ? times : 0, Long::sum);
                });
        return ads.entrySet().stream()
                .map(e -> new CatalogEntry(e.getKey(), e.getValue()))
                .toList();
    }
}
