package io.dienstream.job.learning.quality;

import io.dienstream.evaluation.online.QualitySums;

/**
 * What is to be added to the sums of a window; after a correction also less than nothing.
 *
 * @param by whose scores
 * @param segment of impressions
 * @param start of the window, ms
 * @param sums never changed after this was made
 * @param coverage lowest share of clicks within the wait that was told beside its impressions; NaN
 *     where none was
 */
public record QualityPart(
        ScoredBy by, String segment, long start, QualitySums sums, double coverage) {
    /** The lower of two coverages; NaN says nothing. */
    static double lower(double a, double b) {
        if (Double.isNaN(a)) {
            return b;
        }
        return Double.isNaN(b) ? a : Math.min(a, b);
    }

    /** What it is added to, but for its time. */
    String key() {
        return String.join("/", by.fingerprint(), by.arm(), segment);
    }
}
