package io.dienstream.job.learning.quality;

import java.util.ArrayList;
import java.util.List;

/** Which groups of impressions are measured of their own. */
final class Segment {
    /** Of every impression. */
    static final String ALL = "all";

    private static final int SINGLE = 3;
    private static final int FIRST_PAGE = 10;

    private Segment() {}

    /** The segments of an impression, {@link #ALL} first. */
    static List<String> of(ScoredImpression impression) {
        List<String> segments = new ArrayList<>();
        segments.add(ALL);
        if (impression.pricing() != null) {
            segments.add("pricing=" + impression.pricing());
        }
        if (impression.position() >= 0) {
            segments.add("position=" + position(impression.position()));
        }
        segments.add(impression.cold() ? "history=cold" : "history=warm");
        return segments;
    }

    private static String position(int position) {
        if (position < SINGLE) {
            return Integer.toString(position);
        }
        return position < FIRST_PAGE ? "3-9" : "10+";
    }
}
