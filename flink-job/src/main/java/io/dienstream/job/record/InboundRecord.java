package io.dienstream.job.record;

import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;

/**
 * One record from Kafka: its raw bytes, where they came from, and either what they say or why they
 * were refused. Between operators and in state only the raw bytes travel; the other side decodes
 * them again, so a buffered record is as evolvable as a message in Kafka.
 */
public final class InboundRecord {
    private final Kind kind;
    private final Origin origin;
    private final byte[] key;
    private final byte[] value;
    private final Object payload;
    private final Rejection rejection;

    /** Which topic's schema applies. */
    public enum Kind {
        BEHAVIOR,
        AD_REQUEST
    }

    private InboundRecord(
            Kind kind,
            Origin origin,
            byte[] key,
            byte[] value,
            Object payload,
            Rejection rejection) {
        this.kind = kind;
        this.origin = origin;
        this.key = key;
        this.value = value;
        this.payload = payload;
        this.rejection = rejection;
    }

    public static InboundRecord behavior(Origin origin, byte[] key, byte[] value, Behavior b) {
        return new InboundRecord(Kind.BEHAVIOR, origin, key, value, b, null);
    }

    public static InboundRecord adRequest(Origin origin, byte[] key, byte[] value, AdRequest r) {
        return new InboundRecord(Kind.AD_REQUEST, origin, key, value, r, null);
    }

    public static InboundRecord rejected(
            Kind kind, Origin origin, byte[] key, byte[] value, Rejection rejection) {
        return new InboundRecord(kind, origin, key, value, null, rejection);
    }

    public Kind kind() {
        return kind;
    }

    public Origin origin() {
        return origin;
    }

    /** Raw key, may be null. */
    public byte[] key() {
        return key;
    }

    /** Raw value, may be null. */
    public byte[] value() {
        return value;
    }

    /** Why it was refused, or null for a valid record. */
    public Rejection rejection() {
        return rejection;
    }

    public Behavior behavior() {
        return (Behavior) payload;
    }

    public AdRequest adRequest() {
        return (AdRequest) payload;
    }

    /** The key of all state; valid records only. */
    public String userId() {
        return kind == Kind.BEHAVIOR ? behavior().getUserId() : adRequest().getUserId();
    }

    /** Event time, ms; valid records only. */
    public long eventTime() {
        return kind == Kind.BEHAVIOR ? behavior().getTimestamp() : adRequest().getTimestamp();
    }

    /** event_id or request_id; orders records of the same time. */
    public String id() {
        return kind == Kind.BEHAVIOR ? behavior().getEventId() : adRequest().getRequestId();
    }
}
