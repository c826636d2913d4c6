package io.dienstream.train.measure;

import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import java.util.List;

/** Scores examples by the scorer of the stream: what is measured is what is served. */
public final class ExampleScorer {
    private final Scorer scorer;
    private final HistoryModel model;
    private final InterestExtractor.Scratch extractorScratch;
    private final EncodedRequest encoded;
    private final ScorerScratch scratch;

    public ExampleScorer(Scorer scorer) {
        this.scorer = scorer;
        model = scorer.historyModel();
        extractorScratch = model.newScratch();
        encoded = scorer.encoder().newRequest();
        scratch = scorer.newScratch();
    }

    /**
     * @return the history it was scored against; scores are in {@link #scores}, in candidate order
     */
    public InterestHistory score(TrainingExample example) {
        InterestHistory history = model.newHistory();
        List<ServedBehavior> behaviors = example.getBehaviors();
        int first = Math.max(0, behaviors.size() - scorer.model().config().maxLength());
        for (int t = first; t < behaviors.size(); t++) {
            ServedBehavior b = behaviors.get(t);
            model.add(
                    history,
                    model.encode(Integer.toString(t), b.getTimestamp(), b.getFields()),
                    extractorScratch);
        }
        List<LabeledCandidate> candidates = example.getCandidates();
        scorer.encoder().begin(example.getUser(), example.getContext(), candidates.size(), encoded);
        for (int n = 0; n < candidates.size(); n++) {
            scorer.encoder().candidate(n, candidates.get(n).getFields(), encoded);
        }
        scorer.score(history, history.size(), encoded, scratch);
        return history;
    }

    /** Results of the last {@link #score}. */
    public ScorerScratch scores() {
        return scratch;
    }

    public Scorer scorer() {
        return scorer;
    }
}
