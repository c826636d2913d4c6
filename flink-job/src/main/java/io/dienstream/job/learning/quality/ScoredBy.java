package io.dienstream.job.learning.quality;

/**
 * Who gave a score.
 *
 * @param model name of the artifact
 * @param version of the artifact
 * @param fingerprint first 16 digits of its checksum
 * @param arm live, candidate or shadow
 */
public record ScoredBy(String model, String version, String fingerprint, String arm) {
    /** The arm of a version that answers nobody. */
    public static final String SHADOW = "shadow";

    /** The arm of the version that answers whom no candidate answers. */
    public static final String LIVE = "live";
}
