package io.dienstream.job.learning.quality;

import io.dienstream.evaluation.online.QualitySums;

/**
 * What is to be added to the sums of a window; after a correction also less than nothing.
 *
 * @param by whose scores
 * @param segment of impressions
 * @param start of the window, ms
 * @param sums never changed after this was made
 */
public record QualityPart(ScoredBy by, String segment, long start, QualitySums sums) {
    /** What it is added to, but for its time. */
    String key() {
        return String.join("/", by.fingerprint(), by.arm(), segment);
    }
}
