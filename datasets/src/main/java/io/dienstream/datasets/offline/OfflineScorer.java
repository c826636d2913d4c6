package io.dienstream.datasets.offline;

import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.dien.FieldScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.history.EventLog;
import io.dienstream.dien.history.InterestHistory;
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
    private final FieldScorer scorer;

    public OfflineScorer(Scorer scorer) {
        this.scorer = new FieldScorer(scorer);
    }

    public Scorer scorer() {
        return scorer.scorer();
    }

    /** A user's history before the first behavior. */
    public InterestHistory newHistory() {
        return scorer.model().newHistory();
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
        return scorer.add(history, b.getEventId(), b.getTimestamp(), b.getFields());
    }

    /** Erases the behaviors of a history of this model up to {@code timestamp}. */
    public void erase(InterestHistory history, long timestamp) {
        scorer.erase(history, timestamp);
    }

    /**
     * Scores a request against the behaviors of {@code history} up to its time. What is later must
     * not be in it yet, or it may have evicted what the request should see: {@link #history}.
     *
     * @return the number of behaviors that were seen; scores are in {@link #scores}
     */
    public int score(AdRequest request, InterestHistory history) {
        List<Candidate> candidates = request.getCandidates();
        scorer.ask(
                request.getUser(),
                request.getContext(),
                candidates.size(),
                n -> candidates.get(n).getFields());
        int prefix = history.prefix(request.getTimestamp());
        scorer.score(history, prefix);
        return prefix;
    }

    /** Results of the last {@link #score}. */
    public ScorerScratch scores() {
        return scorer.scores();
    }

    /** The pCTRs of the last {@link #score}, in candidate order. */
    public float[] pctrs(int candidates) {
        float[] pctrs = new float[candidates];
        for (int n = 0; n < candidates; n++) {
            pctrs[n] = scores().pctr(n);
        }
        return pctrs;
    }
}
