package io.dienstream.job.record;

import java.io.Serializable;

/**
 * The most bytes that key and value of a record may have on its way out, by topic. What is larger
 * would be refused by the producer or the broker, and the job would restart, read the same record
 * and be refused again, for ever: so everything is held against these before it is emitted.
 *
 * @param scores of an answer
 * @param served of a request as it was scored
 * @param deadLetters of a refused record
 */
public record OutputLimits(int scores, int served, int deadLetters) implements Serializable {
    private static final long serialVersionUID = 1;

    /**
     * What comes on top of key and value at most: the header of a batch, that of the record, and
     * the lengths in it.
     */
    private static final int OVERHEAD_BYTES = 512;

    /** Of producers and brokers that are not configured otherwise, bytes of a request. */
    public static final int DEFAULT_REQUEST_BYTES = 1 << 20;

    /** Of topics that nobody has configured. */
    public static final OutputLimits DEFAULT =
            new OutputLimits(
                    ofRequest(DEFAULT_REQUEST_BYTES),
                    ofRequest(DEFAULT_REQUEST_BYTES),
                    ofRequest(DEFAULT_REQUEST_BYTES));

    /** What is left of {@code bytes} of a request for key and value of its only record. */
    public static int ofRequest(int bytes) {
        return Math.max(0, bytes - OVERHEAD_BYTES);
    }

    /** Whether {@code record} is larger than {@code limit}. */
    public static boolean exceeds(OutboundRecord record, int limit) {
        int key = record.key() == null ? 0 : record.key().length;
        return (long) key + record.value().length > limit;
    }
}
