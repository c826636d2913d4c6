package io.dienstream.dien;

import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;

/**
 * Scores what is told by its fields, with all that a thread needs for it: for requests that carry
 * their own behaviors, as examples and golden answers do. Not thread safe.
 */
public final class FieldScorer {
    private final Scorer scorer;
    private final HistoryModel model;
    private final InterestExtractor.Scratch extractor;
    private final EncodedRequest request;
    private final ScorerScratch scratch;

    /**
     * @param scorer shared with others
     */
    public FieldScorer(Scorer scorer) {
        this.scorer = scorer;
        model = scorer.historyModel();
        extractor = model.newScratch();
        request = scorer.encoder().newRequest();
        scratch = scorer.newScratch();
    }

    /** The scorer. */
    public Scorer scorer() {
        return scorer;
    }

    /** What histories are of. */
    public HistoryModel model() {
        return model;
    }

    /**
     * The history of behaviors that have no ids, in the order in which they come.
     *
     * @param timestamp of each, ms, never falling
     */
    public InterestHistory history(
            int behaviors, IntToLongFunction timestamp, IntFunction<Map<String, String>> fields) {
        InterestHistory history = model.newHistory();
        for (int t = 0; t < behaviors; t++) {
            add(history, Integer.toString(t), timestamp.applyAsLong(t), fields.apply(t));
        }
        return history;
    }

    /** Applies one behavior to a history of this model. */
    public InterestHistory.Outcome add(
            InterestHistory history, String eventId, long timestamp, Map<String, String> fields) {
        return model.add(history, model.encode(eventId, timestamp, fields), extractor);
    }

    /** Erases the behaviors of a history of this model up to {@code timestamp}. */
    public void erase(InterestHistory history, long timestamp) {
        model.erase(history, timestamp, extractor);
    }

    /** Takes the next request, for {@link #score}. */
    public void ask(
            Map<String, String> user,
            Map<String, String> context,
            int candidates,
            IntFunction<Map<String, String>> fields) {
        scorer.encoder().begin(user, context, candidates, request);
        for (int n = 0; n < candidates; n++) {
            scorer.encoder().candidate(n, fields.apply(n), request);
        }
    }

    /**
     * Scores the request against the first {@code length} behaviors of {@code history}; results are
     * in {@link #scores}, in candidate order.
     */
    public void score(InterestHistory history, int length) {
        scorer.score(history, length, request, scratch);
    }

    /** Results of the last {@link #score}. */
    public ScorerScratch scores() {
        return scratch;
    }
}
