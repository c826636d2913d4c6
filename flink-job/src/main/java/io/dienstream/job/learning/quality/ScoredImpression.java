package io.dienstream.job.learning.quality;

import io.dienstream.dien.model.Murmur3;
import io.dienstream.evaluation.online.Outcome;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.nio.charset.StandardCharsets;

/**
 * An impression with its final label and what one version said of it; or a correction, which says
 * of all versions' impressions of that example that they were clicked.
 *
 * @param userId whose it is
 * @param example hash of request and ad: who is meant by a correction, and what is a repeat
 * @param impressedAt event time, ms
 * @param by whose score; null for a correction
 * @param outcome what was said and what happened; null for a correction
 * @param pricing CPM, CPC, CPA; null where there is no bid
 * @param position on the page, from 0; -1 where nobody has told
 * @param cold whether the user had no behavior
 * @param coverage share of clicks that come within the wait for them, as the join measures it; NaN
 *     for a correction, and before it knows
 */
public record ScoredImpression(
        String userId,
        long example,
        long impressedAt,
        ScoredBy by,
        Outcome outcome,
        String pricing,
        int position,
        boolean cold,
        double coverage) {
    private static final double PER_MILLE = 1000;

    /** Whether it only says that there was a click. */
    public boolean isCorrection() {
        return by == null;
    }

    /**
     * Candidate {@code n} of a joined example, as {@code by} scored it.
     *
     * @throws IllegalArgumentException where {@code pctr} is no probability
     */
    public static ScoredImpression of(TrainingExample e, int n, ScoredBy by, double pctr) {
        LabeledCandidate c = e.getCandidates().get(n);
        double weight = c.getSamplingRate() == null ? 1 : 1 / c.getSamplingRate();
        return new ScoredImpression(
                e.getUserId(),
                hash(e.getRequestId(), c.getAdId()),
                c.getImpressedAt(),
                by,
                new Outcome(
                        pctr,
                        c.getClicked(),
                        weight,
                        worthMicros(c),
                        !"CPM".equals(c.getPricing()),
                        c.getBidMicros() == null ? null : c.getCurrency()),
                c.getPricing(),
                c.getPosition() == null ? -1 : c.getPosition(),
                e.getBehaviors().isEmpty(),
                e.getClickCoverage() == null ? Double.NaN : e.getClickCoverage());
    }

    /**
     * What a click (CPC) or an impression (CPM) earns. Of an action (CPA) nobody tells, so a click
     * counts what the ranking took it for, bid times pCVR; 0 where an example of before has no
     * pCVR.
     */
    private static double worthMicros(LabeledCandidate c) {
        if (c.getBidMicros() == null || c.getPricing() == null) {
            return 0;
        }
        return switch (c.getPricing()) {
            case "CPC" -> c.getBidMicros();
            case "CPM" -> c.getBidMicros() / PER_MILLE;
            case "CPA" -> c.getPcvr() == null ? 0 : c.getBidMicros() * c.getPcvr();
            default -> 0;
        };
    }

    /** That an example was clicked after its label was final. */
    public static ScoredImpression of(LabelCorrection c) {
        return new ScoredImpression(
                c.getUserId(),
                hash(c.getRequestId(), c.getAdId()),
                c.getImpressedAt(),
                null,
                null,
                null,
                -1,
                false,
                Double.NaN);
    }

    /** The length stands before the request, so that no two pairs make the same text. */
    static long hash(String request, String ad) {
        String text = request.length() + ":" + request + ad;
        return Murmur3.hash64(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The same for state that is kept by user already. */
    ScoredImpression withoutUser() {
        return new ScoredImpression(
                "", example, impressedAt, by, outcome, pricing, position, cold, coverage);
    }
}
