package io.dienstream.evaluation.gate;

import io.dienstream.evaluation.online.QualitySums;

/**
 * A window of event time of both versions.
 *
 * @param start impressions from here, ms
 * @param end impressions before this, ms
 * @param live sums of the live version
 * @param candidate sums of the version that is judged
 */
public record PairedWindow(long start, long end, QualitySums live, QualitySums candidate) {
    /** Whether both are of the same examples, by weight and clicks. */
    boolean isOfSameExamples() {
        return live.totals().examples() == candidate.totals().examples()
                && live.impressions() == candidate.impressions()
                && live.clicks() == candidate.clicks();
    }

    boolean isFinite() {
        return live.totals().isFinite() && candidate.totals().isFinite();
    }
}
