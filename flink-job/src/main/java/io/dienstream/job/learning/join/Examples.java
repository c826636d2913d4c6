package io.dienstream.job.learning.join;

import io.dienstream.job.learning.record.JoinedCorrection;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.Pricing;
import io.dienstream.schema.ServedRequest;
import io.dienstream.schema.TrainingExample;
import java.util.ArrayList;
import java.util.List;

/** Puts labels into messages. */
final class Examples {
    /** By their code in stored bytes, for ever: this list may grow. */
    private static final List<Pricing> PRICINGS = List.of(Pricing.CPM, Pricing.CPC, Pricing.CPA);

    private Examples() {}

    /** The candidates of {@code request} whose labels are final at {@code closedAt}. */
    static TrainingExample example(ServedRequest request, OpenRequest open, long closedAt) {
        List<LabeledCandidate> labeled = new ArrayList<>();
        for (int n = 0; n < open.ads.size(); n++) {
            AdLabel ad = open.ads.get(n);
            if (ad.isPending() && ad.finalAt == closedAt) {
                labeled.add(labeled(request.getCandidates().get(n), request.getPctr().get(n), ad));
            }
        }
        TrainingExample example = new TrainingExample();
        example.setRequestId(request.getRequestId());
        example.setUserId(request.getUserId());
        example.setTimestamp(request.getTimestamp());
        example.setUser(request.getUser());
        example.setContext(request.getContext());
        example.setBehaviors(request.getBehaviors());
        example.setCandidates(labeled);
        example.setModelName(request.getModelName());
        example.setModelVersion(request.getModelVersion());
        example.setModelFingerprint(request.getModelFingerprint());
        example.setArm(request.getArm());
        example.setPlanRevision(request.getPlanRevision());
        example.setClosedAt(closedAt);
        return example;
    }

    private static LabeledCandidate labeled(Candidate candidate, float pctr, AdLabel ad) {
        LabeledCandidate labeled = new LabeledCandidate();
        labeled.setAdId(candidate.getAdId());
        labeled.setFields(candidate.getFields());
        labeled.setClicked(ad.isClickedInTime());
        labeled.setImpressedAt(ad.isImpressed() ? ad.impressedAt : ad.clickedAt);
        labeled.setClickedAt(ad.isClickedInTime() ? ad.clickedAt : null);
        labeled.setPosition(position(ad));
        labeled.setPctr(pctr);
        labeled.setImplied(!ad.isImpressed());
        labeled.setPropensity(Double.isNaN(ad.propensity) ? null : ad.propensity);
        labeled.setPricing(candidate.getPricing().name());
        labeled.setBidMicros(candidate.getBidMicros());
        labeled.setCurrency(candidate.getCurrency());
        labeled.setPcvr(candidate.getPcvr());
        return labeled;
    }

    /** {@code ad} as it stays known once its example is out. */
    static void markOut(AdLabel ad, Candidate candidate, float pctr) {
        if (!ad.isImpressed()) {
            ad.impressedAt = ad.clickedAt;
            ad.implied = true;
        }
        ad.out = true;
        ad.propensity = Double.NaN;
        ad.pctr = pctr;
        ad.pricing = (byte) PRICINGS.indexOf(candidate.getPricing());
    }

    /** Of an ad whose example is out and whose click came after it. */
    static JoinedCorrection correction(
            OpenRequest open, AdLabel ad, String requestId, String adId, String userId) {
        return new JoinedCorrection(
                new LabelCorrection(
                        requestId, adId, userId, ad.clickedAt, 1, ad.impressedAt, ad.finalAt),
                ad.pctr,
                open.modelName,
                open.modelVersion,
                open.fingerprint,
                open.arm,
                position(ad),
                PRICINGS.get(ad.pricing).name(),
                open.cold);
    }

    private static Integer position(AdLabel ad) {
        return ad.position < 0 ? null : ad.position;
    }
}
