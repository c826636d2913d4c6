package io.dienstream.job.learning.join;

import io.dienstream.job.learning.record.JoinedCorrection;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.ServedRequest;
import io.dienstream.schema.TrainingExample;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of labels once they are final: an example, corrections of it by clicks that come
 * later, and what is counted of both.
 */
final class FinalLabels {
    private final JoinTimes times;
    private final JoinCounts counts;
    private final JoinMetrics metrics;

    FinalLabels(JoinTimes times, JoinCounts counts, JoinMetrics metrics) {
        this.times = times;
        this.counts = counts;
        this.metrics = metrics;
    }

    /** The example of all candidates that are final at {@code due}. */
    TrainingExample example(ServedRequest request, OpenRequest open, long due) {
        TrainingExample example = Examples.example(request, open, due);
        example.setClickCoverage(counts.knownCoverage());
        return example;
    }

    /**
     * Notes that these candidates' labels are out.
     *
     * @param isOut whether there is an example: making it may have failed
     * @return corrections by clicks that came after the wait, and before this
     */
    List<JoinedCorrection> close(ServedRequest request, OpenRequest open, long due, boolean isOut) {
        List<JoinedCorrection> corrections = new ArrayList<>();
        for (int n = 0; n < open.ads.size(); n++) {
            AdLabel ad = open.ads.get(n);
            if (ad.isPending() && ad.finalAt == due) {
                count(ad, isOut);
                Candidate candidate = request.getCandidates().get(n);
                Examples.markOut(ad, candidate, request.getPctr().get(n));
                if (ad.isClicked() && !ad.isClickedInTime()) {
                    JoinedCorrection correction =
                            correction(
                                    open,
                                    ad,
                                    request.getRequestId(),
                                    candidate.getAdId(),
                                    request.getUserId());
                    if (correction != null) {
                        corrections.add(correction);
                    }
                }
            }
        }
        return corrections;
    }

    private void count(AdLabel ad, boolean isOut) {
        if (ad.isImpressed()) {
            counts.addWaiting(-1);
        } else {
            metrics.implied.inc();
        }
        if (!isOut) {
            metrics.impressionsRefused.inc();
            return;
        }
        metrics.labels.inc();
        if (ad.isClickedInTime()) {
            metrics.clicked.inc();
            if (ad.isImpressed()) {
                metrics.delayMs(ad);
            }
        }
    }

    /**
     * The correction by a click on an ad whose example is out already; null where that is so long
     * ago that the click is only counted.
     */
    JoinedCorrection correction(
            OpenRequest open, AdLabel ad, String requestId, String adId, String userId) {
        if (ad.clickedAt > ad.impressedAt + times.correctionMs()) {
            metrics.clicksTooLate.inc();
            ad.clickedAt = AdLabel.NONE;
            return null;
        }
        ad.corrected = true;
        metrics.corrections.inc();
        metrics.delayMs(ad);
        return Examples.correction(open, ad, requestId, adId, userId);
    }

    /** No click can come any more that counts. */
    void over(AdLabel ad) {
        if (ad.isClicked() && !ad.implied) { // one that is implied has no delay
            // a click in time whose record was not is as missing in the example as a late one
            counts.settle(ad.isClickedInTime() && !ad.corrected);
            metrics.settled(ad);
        }
    }
}
