package io.dienstream.job.ranking;

import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;

/**
 * Expected revenue of showing an ad, in micros of its currency per thousand impressions:
 *
 * <pre>
 * CPM  bid
 * CPC  bid * pCTR * 1000
 * CPA  bid * pCTR * pCVR * 1000
 * </pre>
 *
 * Computed in double precision and rounded half to even.
 */
public final class Ecpm {
    /** The largest bid whose eCPM fits 64 bits. */
    public static final long MAX_BID_MICROS = Long.MAX_VALUE / 1000;

    private static final double PER_MILLE = 1000;

    private Ecpm() {}

    /**
     * @param candidate with a bid from 0 to {@link #MAX_BID_MICROS}, and a pCVR where it is CPA
     * @param pctr in [0, 1]
     */
    public static long micros(Candidate candidate, double pctr) {
        long bid = candidate.getBidMicros();
        if (candidate.getPricing() == Pricing.CPM) {
            return bid;
        }
        double pcvr = candidate.getPricing() == Pricing.CPA ? candidate.getPcvr() : 1;
        return (long) Math.rint(bid * pctr * pcvr * PER_MILLE);
    }
}
