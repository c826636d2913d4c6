package io.dienstream.job.option;

/** What becomes of a user whose stored history is not what was written. */
public enum Damaged {
    /** The task fails, and the job goes back to its checkpoint. */
    FAIL,
    /** The user begins anew, without a history. */
    FORGET
}
