package io.dienstream.dien.history;

/**
 * One behavior, encoded for a model.
 *
 * @param eventKey {@link EventKey} of its event id
 * @param timestamp event time, ms
 * @param rows one embedding row a behavior field; their array is copied, never kept
 * @param values the raw field values, {@link FieldValues} encoding, kept for model changes
 */
public record Behavior(long eventKey, long timestamp, int[] rows, byte[] values) {}
