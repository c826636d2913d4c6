package io.dienstream.job.function;

import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.job.artifact.ModelLease;
import io.dienstream.job.metric.ScoringMetrics;

/** What a subtask needs to score with one version; its own memory, the JVM's weights. */
final class ScoringVersion implements AutoCloseable {
    final Scorer scorer;
    final ScorerScratch scratch;
    final EncodedRequest encoded;
    final Answers answers;
    final OwnStates states;
    final ScoringMetrics.OfVersion metrics;

    /** Processing time of the last task, ms. */
    long used;

    private final ModelLease lease;

    /**
     * @param lease of a model that is ready; closed with this
     */
    ScoringVersion(ModelLease lease, double attentionTail, ScoringMetrics operator) {
        this.lease = lease;
        scorer = lease.scorer();
        scratch = scorer.newScratch();
        scratch.setAttentionTail(attentionTail);
        encoded = scorer.encoder().newRequest();
        answers = new Answers(scorer.model());
        states = new OwnStates(scorer.historyModel(), operator.otherModel);
        ModelConfig config = scorer.model().config();
        metrics = operator.model(config.name(), config.version());
    }

    /** Whether the plan's tasks of this JVM have held it and do so no more. */
    boolean isLetGo() {
        return lease.isLetGo();
    }

    @Override
    public void close() {
        metrics.close();
        lease.close();
    }
}
