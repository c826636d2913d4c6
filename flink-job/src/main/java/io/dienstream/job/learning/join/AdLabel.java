package io.dienstream.job.learning.join;

import io.dienstream.schema.Impression;

/** What is known of one candidate of an open request. Times are event times, ms. */
final class AdLabel {
    /** Where there is no time. */
    static final long NONE = Long.MIN_VALUE;

    /** {@link OpenRequest#hash} of its ad_id. */
    final long ad;

    /** Of the earliest impression, NONE without one. */
    long impressedAt = NONE;

    /** When the label is final: W after the impression, or after the click where only that is. */
    long finalAt = NONE;

    /** Of the earliest click, NONE without one. */
    long clickedAt = NONE;

    /** Whether nobody reported the impression and the click says that there was one. */
    boolean implied;

    /** Whether the example is out. */
    boolean out;

    /** Whether a correction is out, after which nothing changes any more. */
    boolean corrected;

    /** On the page, -1 where nobody told. */
    int position = -1;

    /** NaN where nobody told, or the example is out. */
    double propensity = Double.NaN;

    /** What the model said, once the example is out. */
    float pctr;

    /** Code of what the advertiser pays for, once the example is out. */
    byte pricing;

    AdLabel(long ad) {
        this.ad = ad;
    }

    AdLabel copy() {
        AdLabel copy = new AdLabel(ad);
        copy.impressedAt = impressedAt;
        copy.finalAt = finalAt;
        copy.clickedAt = clickedAt;
        copy.implied = implied;
        copy.out = out;
        copy.corrected = corrected;
        copy.position = position;
        copy.propensity = propensity;
        copy.pctr = pctr;
        copy.pricing = pricing;
        return copy;
    }

    /** Takes in the earliest impression so far. */
    void show(Impression impression, long waitMs) {
        impressedAt = impression.getTimestamp();
        finalAt = impressedAt + waitMs;
        position = impression.getPosition() == null ? -1 : impression.getPosition();
        propensity = impression.getPropensity() == null ? Double.NaN : impression.getPropensity();
    }

    /** Whether its label is still to come. */
    boolean isPending() {
        return finalAt != NONE && !out;
    }

    /** Whether somebody reported an impression. */
    boolean isImpressed() {
        return impressedAt != NONE;
    }

    boolean isClicked() {
        return clickedAt != NONE;
    }

    /** Whether it was clicked by the time at which its label is final. */
    boolean isClickedInTime() {
        return isClicked() && clickedAt <= finalAt;
    }
}
