package io.dienstream.job.record;

import java.util.HexFormat;

/**
 * Which version of the model a task is for, as the interest operator has picked it; scoring obeys.
 *
 * @param fingerprint of the model that computed the history's interest states, 0 where a release
 *     before this one did not tell
 * @param uri of the artifact; empty: the job's {@code model.path}
 * @param sha256 of the artifact, with a URI
 * @param publishedIn revision that the version came with
 * @param candidate whether the plan gave the user to a candidate
 * @param revision of the plan
 */
public record ModelStamp(
        long fingerprint,
        String uri,
        String sha256,
        long publishedIn,
        boolean candidate,
        long revision) {
    /** The job's own model, of a job without commands. */
    public static ModelStamp configured(long fingerprint) {
        return new ModelStamp(fingerprint, "", "", 0, false, 0);
    }

    /** The same, where a version that the plan has not given to the user scores. */
    public ModelStamp scoredBy(long other) {
        return new ModelStamp(other, uri, sha256, publishedIn, false, revision);
    }

    /** As answers name it. */
    public String arm() {
        return candidate ? "candidate" : "live";
    }

    /** A fingerprint as answers name it. */
    public static String hex(long fingerprint) {
        return HexFormat.of().toHexDigits(fingerprint);
    }
}
