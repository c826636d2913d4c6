package io.dienstream.datasets.offline;

import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.history.EventLog;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import java.util.Collection;
import java.util.List;

/**
 * The scorer without a stream: histories from lists, scores from requests. The yardstick that every
 * answer of the job is held against. Not thread safe.
 */
public final class OfflineScorer {
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

    /** A user's history before the first behavior. */
    public InterestHistory newHistory() {
        return model.newHistory();
    }

    /**
     * The history that the stream has at {@code timestamp}, ms, of a user's log: of those behaviors
     * that are not later, whatever order they are given in.
     */
    public InterestHistory history(Collection<Behavior> log, long timestamp) {
        InterestHistory history = newHistory();
        new EventLog<>(log, BehaviorLog.ORDER).upTo(timestamp, b -> add(history, b));
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
     * Scores a request against the behaviors of {@code history} up to its time. What is later must
     * not be in it yet, or it may have evicted what the request should see: {@link #history}.
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
