package io.dienstream.job.record;

import java.util.Locale;

/**
 * Why a record went to the dead letters. The code is part of the wire; docs/concepts/semantics.md.
 */
public enum Reason {
    /** No Avro single-object message, or a body that its schema does not describe. */
    UNDECODABLE,
    /** Written with a schema that was never released. */
    UNKNOWN_SCHEMA,
    /** An id is missing, empty or longer than {@code value.max-length}. */
    INVALID_ID,
    /** Event time before 2000 or too far ahead of the record's own time. */
    INVALID_TIME,
    /** A field name or value longer than {@code value.max-length}. */
    OVERSIZE_VALUE,
    /** A request without candidates. */
    NO_CANDIDATES,
    /** More than {@code request.max-candidates}. */
    TOO_MANY_CANDIDATES,
    /** An ad id that stands twice in a request. */
    REPEATED_AD,
    /** A bid that is negative or so large that its eCPM overflows. */
    INVALID_BID,
    /** A pCVR that is missing for CPA, not a number, or outside [0, 1]. */
    INVALID_PCVR,
    /** No ISO 4217 form, or several currencies in a request. */
    INVALID_CURRENCY,
    /** A user or context field that the model does not have. */
    UNKNOWN_FIELD,
    /** A request whose answer is larger than producer and topic take; it has none. */
    OVERSIZE_ANSWER,
    /** A request that was answered, but is too large as it was scored; it is not in served. */
    OVERSIZE_SERVED,
    /** A behavior beyond the allowed lateness, or older than what its history has evicted. */
    LATE,
    /** The version that the request was given to cannot be loaded where it is scored. */
    MODEL_UNAVAILABLE,
    /** An impression or a click of a request that was never served, as far as anybody knows. */
    UNKNOWN_REQUEST,
    /** An impression or a click of an ad that is none of its request's candidates. */
    UNKNOWN_AD,
    /** An impression or a click of another user than its request's. */
    WRONG_USER,
    /** An impression or a click more than a minute before its request. */
    BEFORE_REQUEST,
    /** An impression or a click of an ad whose request, as it was served, has been let go. */
    REQUEST_GONE,
    /** A served request without a prediction for each of its candidates, or with repeated ads. */
    INVALID_SERVED,
    /** A position below 0, or a propensity outside (0, 1]. */
    INVALID_PLACE,
    /** A training example that is larger than producer and topic take. */
    OVERSIZE_EXAMPLE,
    /** Our own code failed on this record. */
    INTERNAL;

    /** The code on the wire and in metrics. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
