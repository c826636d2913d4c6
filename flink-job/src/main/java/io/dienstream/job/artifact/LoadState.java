package io.dienstream.job.artifact;

/** How far an artifact is in this JVM. */
public enum LoadState {
    /** Waits for a loader, or is copied into the cache. */
    FETCHING,
    /** Read, with every check. */
    VERIFYING,
    /** Scores made-up requests until it is compiled. */
    WARMING,
    /** Scores. */
    READY,
    /** Cannot be used; the reason is told. */
    REFUSED
}
