package io.dienstream.job.record;

/**
 * A record with its raw bytes, where it came from, and why it was refused where it was. Between
 * operators and in state only the raw bytes travel; the other side decodes them again, so a
 * buffered record is as evolvable as a message in Kafka.
 */
public abstract class RawRecord implements SourceRecord {
    private final Origin origin;
    private final byte[] key;
    private final byte[] value;
    private final Rejection rejection;

    /**
     * @param key may be null, as may {@code value}
     * @param rejection null of a valid record
     */
    protected RawRecord(Origin origin, byte[] key, byte[] value, Rejection rejection) {
        this.origin = origin;
        this.key = key;
        this.value = value;
        this.rejection = rejection;
    }

    @Override
    public final Origin origin() {
        return origin;
    }

    @Override
    public final byte[] key() {
        return key;
    }

    @Override
    public final byte[] value() {
        return value;
    }

    @Override
    public final Rejection rejection() {
        return rejection;
    }
}
