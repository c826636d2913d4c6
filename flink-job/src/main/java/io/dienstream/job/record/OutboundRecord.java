package io.dienstream.job.record;

/**
 * An encoded message on its way to a sink.
 *
 * @param key may be null
 * @param timestamp of the Kafka record, ms
 */
public record OutboundRecord(byte[] key, byte[] value, long timestamp) {}
