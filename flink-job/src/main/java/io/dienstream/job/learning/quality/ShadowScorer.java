package io.dienstream.job.learning.quality;

import io.dienstream.dien.FieldScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Scores joined examples by an artifact that answered none of them, with interest states computed
 * from the behaviors that were served: what it says of what the live version saw. That is what it
 * would have said, where it has the live version's L and no behavior field that this one lacks. Of
 * the behaviors that were served a model with a smaller L sees what the retention rule leaves it;
 * one with a larger L, or with more fields, misses what was not served. Not thread safe.
 */
public final class ShadowScorer {
    private static final int FINGERPRINT = 16;

    private final FieldScorer scorer;
    private final ModelConfig config;
    private final ScoredBy by;

    /**
     * @param scorer shared with others
     * @param arm that its scores are counted under
     */
    public ShadowScorer(Scorer scorer, String arm) {
        this.scorer = new FieldScorer(scorer);
        config = scorer.model().config();
        by =
                new ScoredBy(
                        config.name(),
                        config.version(),
                        scorer.model().checksum().substring(0, FINGERPRINT),
                        arm);
    }

    /**
     * What it says of the candidates of {@code example} that were shown; one whose score is no
     * number is left out, so that its window is not of the same examples and counts for nothing.
     */
    public List<ScoredImpression> score(TrainingExample example) {
        List<ServedBehavior> all = example.getBehaviors();
        InterestHistory history =
                scorer.history(
                        all.size(), t -> all.get(t).getTimestamp(), t -> all.get(t).getFields());
        List<LabeledCandidate> ads = example.getCandidates();
        scorer.ask(
                example.getUser(), example.getContext(), ads.size(), n -> ads.get(n).getFields());
        scorer.score(history, history.size());
        ScorerScratch scores = scorer.scores();
        List<ScoredImpression> scored = new ArrayList<>(ads.size());
        for (int n = 0; n < ads.size(); n++) {
            if (ads.get(n).getImpressedAt() != null && Float.isFinite(scores.pctr(n))) {
                scored.add(ScoredImpression.of(example, n, by, scores.pctr(n)));
            }
        }
        return scored;
    }

    /**
     * Its behavior fields that no behavior of {@code example} has; none where it has no behavior.
     */
    Set<String> notServed(TrainingExample example) {
        Set<String> fields = new TreeSet<>();
        if (!example.getBehaviors().isEmpty()) {
            config.behaviorFields().forEach(f -> fields.add(f.name()));
            example.getBehaviors().forEach(b -> fields.removeAll(b.getFields().keySet()));
        }
        return fields;
    }

    /** L. */
    int maxLength() {
        return config.maxLength();
    }

    /** Who it is. */
    public ScoredBy by() {
        return by;
    }
}
