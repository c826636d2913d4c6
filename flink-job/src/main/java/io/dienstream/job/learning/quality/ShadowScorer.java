package io.dienstream.job.learning.quality;

import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores joined examples by an artifact that answered none of them, with interest states computed
 * from the behaviors that were served: what it would have said. A model with a smaller L sees the
 * newest of them. Not thread safe.
 */
public final class ShadowScorer {
    private static final int FINGERPRINT = 16;

    private final Scorer scorer;
    private final ScoredBy by;
    private final HistoryModel model;
    private final InterestExtractor.Scratch extractorScratch;
    private final EncodedRequest encoded;
    private final ScorerScratch scratch;

    /**
     * @param scorer shared with others
     * @param arm that its scores are counted under
     */
    public ShadowScorer(Scorer scorer, String arm) {
        this.scorer = scorer;
        ModelConfig config = scorer.model().config();
        by =
                new ScoredBy(
                        config.name(),
                        config.version(),
                        scorer.model().checksum().substring(0, FINGERPRINT),
                        arm);
        model = scorer.historyModel();
        extractorScratch = model.newScratch();
        encoded = scorer.encoder().newRequest();
        scratch = scorer.newScratch();
    }

    /**
     * What it says of the candidates of {@code example} that were shown; one whose score is no
     * number is left out, so that its window is not of the same examples and counts for nothing.
     */
    public List<ScoredImpression> score(TrainingExample example) {
        InterestHistory history = model.newHistory();
        List<ServedBehavior> all = example.getBehaviors();
        int first = Math.max(0, all.size() - model.maxLength());
        for (int t = first; t < all.size(); t++) {
            ServedBehavior b = all.get(t);
            model.add(
                    history,
                    model.encode(Integer.toString(t), b.getTimestamp(), b.getFields()),
                    extractorScratch);
        }
        List<LabeledCandidate> ads = example.getCandidates();
        scorer.encoder().begin(example.getUser(), example.getContext(), ads.size(), encoded);
        for (int n = 0; n < ads.size(); n++) {
            scorer.encoder().candidate(n, ads.get(n).getFields(), encoded);
        }
        scorer.score(history, history.size(), encoded, scratch);
        List<ScoredImpression> scored = new ArrayList<>(ads.size());
        for (int n = 0; n < ads.size(); n++) {
            if (ads.get(n).getImpressedAt() != null && Float.isFinite(scratch.pctr(n))) {
                scored.add(ScoredImpression.of(example, n, by, scratch.pctr(n)));
            }
        }
        return scored;
    }

    /** Who it is. */
    public ScoredBy by() {
        return by;
    }
}
