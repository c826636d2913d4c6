package io.dienstream.job.rollout;

import java.util.HexFormat;

/**
 * A version that a plan knows.
 *
 * @param name as commands and answers' readers call it
 * @param uri of the artifact's directory; empty: the job's own {@code model.path}
 * @param sha256 checksum of the artifact, hexadecimal; empty with an empty URI
 * @param publishedIn revision of the plan that it came with: one that is published again, after it
 *     was refused, is another try
 */
public record PlannedVersion(String name, String uri, String sha256, long publishedIn) {
    /** What a job without commands serves. */
    public static final PlannedVersion CONFIGURED = new PlannedVersion("configured", "", "", 0);

    private static final int FINGERPRINT_DIGITS = 16;

    /** Whether it is the job's own {@code model.path}, of which the plan knows no more. */
    public boolean isConfigured() {
        return uri.isEmpty();
    }

    /** Stamp of its interest states, {@code Model.fingerprint}; not of the configured one. */
    public long fingerprint() {
        return HexFormat.fromHexDigitsToLong(sha256, 0, FINGERPRINT_DIGITS);
    }
}
