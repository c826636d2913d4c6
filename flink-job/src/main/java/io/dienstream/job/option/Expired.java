package io.dienstream.job.option;

/** What becomes of a request that is past its deadline. */
public enum Expired {
    /** Answered without candidates, flagged EXPIRED. */
    ANSWER,
    /** Counted only. */
    DROP
}
