package io.dienstream.evaluation.gate;

/** What a gate says. */
public enum Verdict {
    /** Good enough by every measure, with the error that the rules allow. */
    PASS,
    /** Worse than the margin by some measure. */
    FAIL,
    /** Neither is certain, or something is missing. */
    INCONCLUSIVE
}
