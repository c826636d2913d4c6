package io.dienstream.datasets.offline;

import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.history.EventKey;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The scorer without a stream: histories from lists, scores from requests. The yardstick that every
 * answer of the job is held against. Not thread safe.
 */
public final class OfflineScorer {
    private static final Comparator<Behavior> EVENT_ORDER =
            Comparator.comparingLong(Behavior::getTimestamp)
                    .thenComparing(b -> EventKey.of(b.getEventId()));

    private final Scorer scorer;
    private final HistoryModel model;
    private final InterestExtractor.Scratch extractorScratch;
    private final EncodedRequest encoded;
    private final ScorerScratch scratch;

    public OfflineScorer(Scorer scorer) {
        this.scorer = scorer;
        this.model = scorer.historyModel();
        this.extractorScratch = model.newScratch();
        this.encoded = scorer.encoder().newRequest();
        this.scratch = scorer.newScratch();
    }

    public Scorer scorer() {
        return scorer;
    }

    /** The history that {@code behaviors} make, whatever order they are given in. */
    public InterestHistory history(List<Behavior> behaviors) {
        List<Behavior> ordered = new ArrayList<>(behaviors);
        ordered.sort(EVENT_ORDER);
        InterestHistory history = model.newHistory();
        ordered.forEach(b -> add(history, b));
        return history;
    }

    /** Applies one behavior to a history of this model. */
    public InterestHistory.Outcome add(InterestHistory history, Behavior b) {
        return model.add(
                history,
                model.encode(b.getEventId(), b.getTimestamp(), b.getFields()),
                extractorScratch);
    }

    /** Erases the behaviors of a history of this model up to {@code timestamp}. */
    public void erase(InterestHistory history, long timestamp) {
        model.erase(history, timestamp, extractorScratch);
    }

    /**
     * Scores a request against the behaviors of {@code history} up to its time.
     *
     * @return the number of behaviors that were seen; scores are in {@link #scores}
     */
    public int score(AdRequest request, InterestHistory history) {
        List<Candidate> candidates = request.getCandidates();
        scorer.encoder().begin(request.getUser(), request.getContext(), candidates.size(), encoded);
        for (int n = 0; n < candidates.size(); n++) {
            scorer.encoder().candidate(n, candidates.get(n).getFields(), encoded);
        }
        int prefix = history.prefix(request.getTimestamp());
        scorer.score(history, prefix, encoded, scratch);
        return prefix;
    }

    /** Results of the last {@link #score}. */
    public ScorerScratch scores() {
        return scratch;
    }

    /** The pCTRs of the last {@link #score}, in candidate order. */
    public float[] pctrs(int candidates) {
        float[] pctrs = new float[candidates];
        for (int n = 0; n < candidates; n++) {
            pctrs[n] = scratch.pctr(n);
        }
        return pctrs;
    }
}
