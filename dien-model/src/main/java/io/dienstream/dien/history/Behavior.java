package io.dienstream.dien.history;

/**
 * One behavior, encoded for a model.
 *
 * @param eventKey of its event id
 * @param earlierKey {@link EventKey#earlier} of its event id: by this it is known where a release
 *     before has stored it
 * @param timestamp event time, ms
 * @param rows one embedding row a behavior field; their array is copied, never kept
 * @param values the raw values of the model's fields, {@link FieldValues} encoding, kept for model
 *     changes
 * @param others the fields that the model does not have, kept for a model that has them
 */
public record Behavior(
        EventKey eventKey,
        long earlierKey,
        long timestamp,
        int[] rows,
        byte[] values,
        OtherFields others) {

    /** One without other fields that no release before has stored. */
    public Behavior(EventKey eventKey, long timestamp, int[] rows, byte[] values) {
        this(eventKey, eventKey.high(), timestamp, rows, values, OtherFields.NONE);
    }
}
