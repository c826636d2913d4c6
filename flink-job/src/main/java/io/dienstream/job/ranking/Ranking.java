package io.dienstream.job.ranking;

import io.dienstream.schema.Candidate;
import io.dienstream.schema.ScoredCandidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/** Orders scored candidates: eCPM, then pCTR, both descending, then ad id. */
public final class Ranking {
    private static final Comparator<ScoredCandidate> ORDER =
            Comparator.comparingLong(ScoredCandidate::getEcpmMicros)
                    .thenComparingDouble(ScoredCandidate::getPctr)
                    .reversed()
                    .thenComparing(ScoredCandidate::getAdId);

    private Ranking() {}

    /**
     * @param pctr of the candidate at a position
     * @param unknownFields of the candidate at a position
     * @return best first, ranks from 1
     */
    public static List<ScoredCandidate> rank(
            List<Candidate> candidates, IntToDoubleFunction pctr, IntUnaryOperator unknownFields) {
        List<ScoredCandidate> ranked = new ArrayList<>(candidates.size());
        for (int n = 0; n < candidates.size(); n++) {
            Candidate c = candidates.get(n);
            float p = (float) pctr.applyAsDouble(n);
            ranked.add(
                    new ScoredCandidate(
                            c.getAdId(),
                            n,
                            0,
                            p,
                            Ecpm.micros(c, p),
                            c.getCurrency(),
                            unknownFields.applyAsInt(n)));
        }
        ranked.sort(ORDER);
        for (int n = 0; n < ranked.size(); n++) {
            ranked.get(n).setRank(n + 1);
        }
        return ranked;
    }
}
