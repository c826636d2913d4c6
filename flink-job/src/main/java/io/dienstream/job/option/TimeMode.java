package io.dienstream.job.option;

/** When records are applied; docs/concepts/semantics.md, "Time". */
public enum TimeMode {
    /** Each record when it arrives; answers at once. */
    LATEST,
    /** In event-time order once the watermark has passed; the same answers on every replay. */
    EVENT_TIME
}
