package io.dienstream.bench.stream;

import io.dienstream.dien.FieldScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What answers for some users must be, computed beside every job. Not thread safe. */
final class KnownAnswers {
    /** By which a pCTR may differ. */
    static final double ALLOWED = 1e-5;

    private final FieldScorer scorer;
    private final Map<String, InterestHistory> histories = new HashMap<>();

    /**
     * @throws IOException where the artifact is refused
     */
    KnownAnswers(Path artifact) throws IOException {
        scorer = new FieldScorer(new Scorer(ModelReader.read(artifact), KernelsProvider.get()));
    }

    /** A behavior that was sent. */
    void add(Behavior b) {
        InterestHistory history =
                histories.computeIfAbsent(b.getUserId(), user -> scorer.model().newHistory());
        scorer.add(history, b.getEventId(), b.getTimestamp(), b.getFields());
    }

    /** pCTR of each candidate, over all of the user's behaviors that were sent: [N]. */
    float[] pctr(AdRequest request) {
        InterestHistory history =
                histories.getOrDefault(request.getUserId(), scorer.model().newHistory());
        int n = request.getCandidates().size();
        scorer.ask(
                request.getUser(),
                request.getContext(),
                n,
                i -> request.getCandidates().get(i).getFields());
        scorer.score(history, history.size());
        float[] pctr = new float[n];
        for (int i = 0; i < n; i++) {
            pctr[i] = scorer.scores().pctr(i);
        }
        return pctr;
    }

    /** The largest difference of an answer's pCTRs; infinite where it has not as many. */
    static double difference(ScoredRequest answer, float[] pctr) {
        if (answer.getCandidates().size() != pctr.length) {
            return Double.POSITIVE_INFINITY;
        }
        double most = 0;
        for (ScoredCandidate c : answer.getCandidates()) {
            double difference = Math.abs(c.getPctr() - pctr[c.getPosition()]);
            // a pCTR that is no number is as wrong as can be
            most = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(most, difference);
        }
        return most;
    }
}
