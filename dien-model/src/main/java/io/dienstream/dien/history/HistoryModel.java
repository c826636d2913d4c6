package io.dienstream.dien.history;

import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.IdEncoding;
import io.dienstream.dien.model.ModelConfig;
import java.util.Arrays;
import java.util.Map;

/**
 * What a history needs to know of a model: field order, id encodings, extractor, L. Immutable and
 * shared; the scratch belongs to the caller.
 */
public final class HistoryModel {
    private final long fingerprint;
    private final String[] fieldNames;
    private final IdEncoding[] encodings;
    private final InterestExtractor extractor;
    private final int maxLength;

    public HistoryModel(
            long fingerprint,
            ModelConfig config,
            IdEncoding[] encodings,
            InterestExtractor extractor) {
        this.fingerprint = fingerprint;
        this.fieldNames =
                config.behaviorFields().stream()
                        .map(ModelConfig.Field::name)
                        .toArray(String[]::new);
        this.encodings = encodings.clone();
        this.extractor = extractor;
        this.maxLength = config.maxLength();
    }

    /** Stamp of the states that this model computes. */
    public long fingerprint() {
        return fingerprint;
    }

    /** L. */
    public int maxLength() {
        return maxLength;
    }

    public InterestExtractor.Scratch newScratch() {
        return extractor.newScratch();
    }

    public InterestHistory newHistory() {
        return new InterestHistory(fieldNames, extractor.hidden(), maxLength);
    }

    /** Encodes a behavior; fields that the model does not name are left out. */
    public Behavior encode(String eventId, long timestamp, Map<String, String> fields) {
        String[] values = new String[fieldNames.length];
        for (int f = 0; f < values.length; f++) {
            values[f] = fields.get(fieldNames[f]);
        }
        return behavior(EventKey.of(eventId), timestamp, values);
    }

    private Behavior behavior(long eventKey, long timestamp, String[] values) {
        int[] rows = new int[values.length];
        for (int f = 0; f < rows.length; f++) {
            rows[f] = encodings[f].row(values[f]);
        }
        return new Behavior(eventKey, timestamp, rows, FieldValues.encode(values));
    }

    /** Applies a behavior to a history of this model. */
    public InterestHistory.Outcome add(
            InterestHistory history, Behavior behavior, InterestExtractor.Scratch scratch) {
        return history.add(behavior, extractor, scratch);
    }

    /**
     * Computes the interest states of behavior {@code from} and those after it, where they were not
     * stored; the same bits as when they came one by one.
     */
    public void extract(InterestHistory history, int from, InterestExtractor.Scratch scratch) {
        history.extract(from, extractor, scratch);
    }

    /** Erases the behaviors of a history of this model up to {@code timestamp}. */
    public int erase(InterestHistory history, long timestamp, InterestExtractor.Scratch scratch) {
        return history.erase(timestamp, extractor, scratch);
    }

    /**
     * The history that this model would have made of the behaviors that {@code old} retains: rows
     * are looked up anew from the raw values, states are run from zero, and a smaller L cuts by the
     * usual rule.
     */
    public InterestHistory rebuild(InterestHistory old, InterestExtractor.Scratch scratch) {
        InterestHistory rebuilt = newHistory();
        rebuilt.setFloor(old.floorTimestamp(), old.floorKey());
        rebuilt.setErasedThrough(old.erasedThrough());
        int[] source = sourceFields(old.fieldNames());
        for (int t = 0; t < old.size(); t++) {
            String[] had = FieldValues.decode(old.values(t), 0, old.fieldNames().length);
            String[] values = new String[fieldNames.length];
            for (int f = 0; f < values.length; f++) {
                values[f] = source[f] < 0 ? null : had[source[f]];
            }
            add(rebuilt, behavior(old.eventKey(t), old.timestamp(t), values), scratch);
        }
        return rebuilt;
    }

    private int[] sourceFields(String[] oldNames) {
        int[] source = new int[fieldNames.length];
        for (int f = 0; f < source.length; f++) {
            source[f] = Arrays.asList(oldNames).indexOf(fieldNames[f]);
        }
        return source;
    }
}
