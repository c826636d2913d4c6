package io.dienstream.job.option;

/** What a start does whose live version cannot be loaded. */
public enum Missing {
    FAIL,
    WAIT
}
