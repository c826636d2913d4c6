package io.dienstream.job.learning.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.evaluation.online.Totals;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.OfflineExample;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoredImpressionTest {
    private static final ScoredBy LIVE = new ScoredBy("ads", "1", "aaaaaaaaaaaaaaaa", "live");

    /** Of one impression with a bid of 2,000 and a pCTR of 0.25. */
    private static Totals totals(String pricing, Double pcvr, boolean clicked) {
        LabeledCandidate ad = OfflineExample.candidate("a", Map.of("item", "i"), clicked, false);
        ad.setImpressedAt(10L);
        ad.setPricing(pricing);
        ad.setBidMicros(2000L);
        ad.setCurrency("EUR");
        ad.setPcvr(pcvr);
        TrainingExample example =
                OfflineExample.of("r", "u", 5, Map.of(), Map.of(), List.of(), List.of(ad), "1");
        ScoredImpression scored = ScoredImpression.of(example, 0, LIVE, 0.25);
        return QualitySums.ofUser(List.of(scored.outcome())).totals();
    }

    @Test
    void aClickOnAnAdThatPaysByActionIsWorthItsBidTimesItsPcvr() {
        assertThat(totals("CPA", 0.1, true).revenueMicros()).isEqualTo(200);
        assertThat(totals("CPA", 0.1, false).revenueMicros()).isZero();
        assertThat(totals("CPA", 0.1, false).expectedMicros())
                .as("as the ranking has it, by impression")
                .isEqualTo(50);
        assertThat(totals("CPA", null, true).revenueMicros())
                .as("an example of before pCVR was kept")
                .isZero();
    }

    @Test
    void aClickIsWorthItsBidAndAnImpressionAThousandthOfIt() {
        assertThat(totals("CPC", 0.1, true).revenueMicros()).isEqualTo(2000);
        assertThat(totals("CPC", null, false).revenueMicros()).isZero();
        assertThat(totals("CPM", null, false).revenueMicros()).isEqualTo(2);
        assertThat(totals("CPM", null, true).revenueMicros()).isEqualTo(2);
        assertThat(totals(null, null, true).revenueMicros()).isZero();
    }
}
