package io.dienstream.job.record;

/**
 * Where a record stands in Kafka.
 *
 * @param timestamp the Kafka record's own timestamp, ms
 */
public record Origin(String topic, int partition, long offset, long timestamp) {}
