package io.dienstream.datasets.offline;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.SeenBehaviors;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.FieldScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.history.InterestHistory;
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

    private final FieldScorer scorer;

    private long nanos;
    private long candidates;

    public ExampleScorer(Scorer scorer) {
        this(scorer, 0);
    }

    /**
     * @param attentionTail attention that may be left out, {@code scoring.attention-tail}; 0: exact
     */
    public ExampleScorer(Scorer scorer, double attentionTail) {
        this.scorer = new FieldScorer(scorer);
        scores().setAttentionTail(attentionTail);
    }

    /** The behaviors that an example is scored against, oldest first. */
    public List<ServedBehavior> seen(TrainingExample example) {
        return SeenBehaviors.of(example, scorer.model().maxLength());
    }

    /**
     * @return the history it was scored against, of {@link #seen}; scores are in {@link #scores},
     *     in candidate order
     */
    public InterestHistory score(TrainingExample example) {
        List<ServedBehavior> seen = seen(example);
        InterestHistory history =
                scorer.history(
                        seen.size(), t -> seen.get(t).getTimestamp(), t -> seen.get(t).getFields());
        List<LabeledCandidate> ads = example.getCandidates();
        scorer.ask(
                example.getUser(), example.getContext(), ads.size(), n -> ads.get(n).getFields());
        long start = System.nanoTime();
        scorer.score(history, history.size());
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
                        float pctr = scores().pctr(n);
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
        return scorer.scores();
    }

    public Scorer scorer() {
        return scorer.scorer();
    }
}
