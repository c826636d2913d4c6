package io.dienstream.job.option;

/** What the sinks promise. */
public enum Delivery {
    /** Nothing lost; after a crash answers may stand twice, with the same key. Lowest latency. */
    AT_LEAST_ONCE,
    /** Kafka transactions committed with each checkpoint; readers need read_committed. */
    EXACTLY_ONCE
}
