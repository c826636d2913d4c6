package io.dienstream.job.ranking;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.Records;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import io.dienstream.schema.ScoredCandidate;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankingTest {
    private static long ecpm(Pricing pricing, long bid, double pctr, Double pcvr) {
        return Ecpm.micros(Records.candidate(0, pricing, bid, pcvr), pctr);
    }

    /** A CPM bid of 2.50; 0.40 a click at 2 %; 12 an action at 2 % and 5 %. */
    @Test
    void pricesByTheThreeModels() {
        assertThat(ecpm(Pricing.CPM, 2_500_000, 0.02, null)).isEqualTo(2_500_000);
        assertThat(ecpm(Pricing.CPC, 400_000, 0.02, null)).isEqualTo(8_000_000);
        assertThat(ecpm(Pricing.CPA, 12_000_000, 0.02, 0.05)).isEqualTo(12_000_000);
    }

    @Test
    void roundsHalfToEvenAndNeverOverflows() {
        assertThat(ecpm(Pricing.CPC, 1, 0.0005, null)).isZero();
        assertThat(ecpm(Pricing.CPC, 1, 0.0015, null)).isEqualTo(2);
        assertThat(ecpm(Pricing.CPC, Ecpm.MAX_BID_MICROS, 1, null)).isPositive();
    }

    @Test
    void ranksByEcpmThenPctrThenAdId() {
        List<Candidate> candidates =
                List.of(
                        Records.candidate(3, Pricing.CPM, 500, null),
                        Records.candidate(1, Pricing.CPM, 500, null),
                        Records.candidate(2, Pricing.CPM, 500, null),
                        Records.candidate(0, Pricing.CPM, 900, null));
        double[] pctr = {0.1, 0.1, 0.3, 0.01};
        List<ScoredCandidate> ranked = Ranking.rank(candidates, n -> pctr[n], n -> n);
        assertThat(ranked)
                .extracting(ScoredCandidate::getAdId)
                .containsExactly("ad0", "ad2", "ad1", "ad3");
        assertThat(ranked).extracting(ScoredCandidate::getRank).containsExactly(1, 2, 3, 4);
        assertThat(ranked).extracting(ScoredCandidate::getPosition).containsExactly(3, 2, 1, 0);
        assertThat(ranked)
                .extracting(ScoredCandidate::getUnknownFields)
                .containsExactly(3, 2, 1, 0);
    }
}
