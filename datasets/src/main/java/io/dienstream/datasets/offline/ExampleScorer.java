package io.dienstream.datasets.offline;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.SeenBehaviors;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.layer.InterestExtractor;
import io.dienstream.evaluation.Scored;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;

/** Scores examples by the scorer of the stream: what is measured is what is served. */
public final class ExampleScorer {
    private static final double NANOS_PER_MICRO = 1000;

    private final Scorer scorer;
    private final HistoryModel model;
    private final InterestExtractor.Scratch extractorScratch;
    private final EncodedRequest encoded;
    private final ScorerScratch scratch;

    private long nanos;
    private long candidates;

    public ExampleScorer(Scorer scorer) {
        this(scorer, 0);
    }

    /**
     * @param attentionTail attention that may be left out, {@code scoring.attention-tail}; 0: exact
     */
    public ExampleScorer(Scorer scorer, double attentionTail) {
        this.scorer = scorer;
        model = scorer.historyModel();
        extractorScratch = model.newScratch();
        encoded = scorer.encoder().newRequest();
        scratch = scorer.newScratch();
        scratch.setAttentionTail(attentionTail);
    }

    /** The behaviors that an example is scored against, oldest first. */
    public List<ServedBehavior> seen(TrainingExample example) {
        return SeenBehaviors.of(example, model.maxLength());
    }

    /**
     * @return the history it was scored against, of {@link #seen}; scores are in {@link #scores},
     *     in candidate order
     */
    public InterestHistory score(TrainingExample example) {
        InterestHistory history = model.newHistory();
        List<ServedBehavior> behaviors = seen(example);
        for (int t = 0; t < behaviors.size(); t++) {
            ServedBehavior b = behaviors.get(t);
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
        long start = System.nanoTime();
        scorer.score(history, history.size(), encoded, scratch);
        nanos += System.nanoTime() - start;
        candidates += ads.size();
        return history;
    }

    /**
     * Scores a whole split.
     *
     * @param progress is told the examples so far
     */
    public Scored score(Dataset dataset, Split split, LongConsumer progress) throws IOException {
        Scored scored = new Scored();
        dataset.forEach(
                split,
                e -> {
                    score(e);
                    for (int n = 0; n < e.getCandidates().size(); n++) {
                        float pctr = scratch.pctr(n);
                        if (!Float.isFinite(pctr)) {
                            throw new IOException(
                                    "the model's prediction for candidate %d of request %s is %s"
                                            .formatted(n, e.getRequestId(), pctr));
                        }
                        LabeledCandidate c = e.getCandidates().get(n);
                        scored.add(e.getUserId(), pctr, c.getClicked(), standsFor(c));
                    }
                    progress.accept(scored.size());
                });
        return scored;
    }

    /** 1 / the probability with which it was kept, times what its label counts. */
    private static float standsFor(LabeledCandidate c) {
        double kept = c.getSamplingRate() == null ? 1 : c.getSamplingRate();
        return (float) ((c.getWeight() == null ? 1 : c.getWeight()) / kept);
    }

    /**
     * What a candidate took in the scorer so far, histories not counted; the JVM's start included.
     */
    public double microsPerCandidate() {
        return candidates == 0 ? 0 : nanos / NANOS_PER_MICRO / candidates;
    }

    /** Results of the last {@link #score}. */
    public ScorerScratch scores() {
        return scratch;
    }

    public Scorer scorer() {
        return scorer;
    }
}
