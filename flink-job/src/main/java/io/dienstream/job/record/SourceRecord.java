package io.dienstream.job.record;

/** One record from Kafka: its raw bytes, where they came from, and whether they are valid. */
public interface SourceRecord {
    Origin origin();

    /** Raw key, may be null. */
    byte[] key();

    /** Raw value, may be null. */
    byte[] value();

    /** Why it was refused, or null for a valid record. */
    Rejection rejection();

    /** Event time, ms; valid records only. */
    long eventTime();
}
