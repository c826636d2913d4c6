package io.dienstream.dien.history;

import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.IdEncoding;
import io.dienstream.dien.model.ModelConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a history needs to know of a model: field order, id encodings, extractor, L. Immutable and
 * shared; the scratch belongs to the caller.
 */
public final class HistoryModel {
    private final long fingerprint;
    private final String[] fieldNames;
    private final Set<String> names;
    private final IdEncoding[] encodings;
    private final InterestExtractor extractor;
    private final int maxLength;
    private final Kept kept;

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
        this.names = Set.of(fieldNames);
        this.encodings = encodings.clone();
        this.extractor = extractor;
        this.maxLength = config.maxLength();
        this.kept = Kept.WHAT_WAS_NEEDED;
    }

    private HistoryModel(HistoryModel same, Kept kept) {
        fingerprint = same.fingerprint;
        fieldNames = same.fieldNames;
        names = same.names;
        encodings = same.encodings;
        extractor = same.extractor;
        maxLength = same.maxLength;
        this.kept = kept;
    }

    /** The same model, whose histories keep this much; it sees of them what it saw. */
    public HistoryModel keeping(Kept other) {
        return new HistoryModel(this, other);
    }

    /** Stamp of the states that this model computes. */
    public long fingerprint() {
        return fingerprint;
    }

    /** L. */
    public int maxLength() {
        return maxLength;
    }

    /**
     * How many of a user's behaviors this model sees, the newest.
     *
     * @param placed how many were placed, see {@link InterestHistory}
     * @param kept how many of these are kept
     */
    public int seen(long placed, int kept) {
        return Math.min(Retention.seen(placed, maxLength), kept);
    }

    public InterestExtractor.Scratch newScratch() {
        return extractor.newScratch();
    }

    public InterestHistory newHistory() {
        return newHistory(0);
    }

    private InterestHistory newHistory(int limitBefore) {
        return new InterestHistory(
                fieldNames, extractor.hidden(), maxLength, kept.limit(maxLength, limitBefore));
    }

    /** Encodes a behavior; fields that the model does not name are kept apart. */
    public Behavior encode(String eventId, long timestamp, Map<String, String> fields) {
        return encode(EventKey.of(eventId), EventKey.earlier(eventId), timestamp, fields);
    }

    private Behavior encode(
            EventKey key, long earlierKey, long timestamp, Map<String, String> fields) {
        String[] values = new String[fieldNames.length];
        int[] rows = new int[fieldNames.length];
        int present = 0;
        for (int f = 0; f < values.length; f++) {
            values[f] = fields.get(fieldNames[f]);
            rows[f] = encodings[f].row(values[f]);
            present += values[f] == null ? 0 : 1;
        }
        OtherFields others =
                kept.otherFields() && present < fields.size() ? others(fields) : OtherFields.NONE;
        byte[] encoded = FieldValues.encode(values);
        return new Behavior(key, earlierKey, timestamp, rows, encoded, others);
    }

    private OtherFields others(Map<String, String> fields) {
        TreeMap<String, String> others = new TreeMap<>(fields);
        others.keySet().removeAll(names);
        return OtherFields.of(others);
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
     * The history that this model would have made of the behaviors that {@code old} keeps: rows are
     * looked up anew from the raw values, states are run from zero, and of as many behaviors as
     * were placed it sees those that the rule for its L leaves. Nothing is lost that another model
     * has needed, so going back finds what was there.
     */
    public InterestHistory rebuild(InterestHistory old, InterestExtractor.Scratch scratch) {
        InterestHistory rebuilt = newHistory(old.limit());
        rebuilt.setFloor(old.floorTimestamp(), old.floorKey());
        rebuilt.setErasedThrough(old.erasedThrough());
        for (int t = -old.older(); t < old.size(); t++) {
            EventKey key = old.eventKey(t);
            rebuilt.restore(encode(key, key.high(), old.timestamp(t), fields(old, t)));
        }
        rebuilt.setPlaced(old.placed());
        extract(rebuilt, 0, scratch);
        return rebuilt;
    }

    /** Has a history of this model keep as much as this keeps. */
    public void keep(InterestHistory history) {
        int limit = kept.limit(maxLength, history.limit());
        if (limit != history.limit()) {
            history.setLimit(limit);
        }
    }

    /** All fields of behavior t as they came. */
    private static Map<String, String> fields(InterestHistory history, int t) {
        Map<String, String> fields = new HashMap<>();
        String[] names = history.fieldNames();
        String[] values = FieldValues.decode(history.values(t), 0, names.length);
        for (int f = 0; f < names.length; f++) {
            if (values[f] != null) {
                fields.put(names[f], values[f]);
            }
        }
        history.others(t).addTo(fields);
        return fields;
    }
}
