package io.dienstream.job.record;

import io.dienstream.dien.history.EventKind;
import io.dienstream.dien.history.EventOrder;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Erasure;
import java.io.IOException;

/**
 * One record from Kafka: its raw bytes, where they came from, and either what they say or why they
 * were refused. Between operators and in state only the raw bytes travel; the other side decodes
 * them again, so a buffered record is as evolvable as a message in Kafka.
 */
public final class InboundRecord implements SourceRecord {
    /** The order in which a user's valid records count. */
    public static final EventOrder<InboundRecord> EVENT_ORDER =
            EventOrder.of(InboundRecord::eventTime, InboundRecord::eventKind, InboundRecord::id);

    private final Kind kind;
    private final Origin origin;
    private final byte[] key;
    private final byte[] value;
    private final Object payload;
    private final Rejection rejection;

    /** Which topic's schema applies. */
    public enum Kind {
        BEHAVIOR(0),
        AD_REQUEST(1),
        ERASURE(2);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        /** Of this kind in stored bytes, for ever. */
        public byte code() {
            return code;
        }

        /**
         * @throws IOException for a code that no kind has
         */
        public static Kind of(byte code) throws IOException {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IOException("inbound record of unknown kind " + code);
        }
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

    public static InboundRecord erasure(Origin origin, byte[] key, byte[] value, Erasure e) {
        return new InboundRecord(Kind.ERASURE, origin, key, value, e, null);
    }

    public static InboundRecord rejected(
            Kind kind, Origin origin, byte[] key, byte[] value, Rejection rejection) {
        return new InboundRecord(kind, origin, key, value, null, rejection);
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public Origin origin() {
        return origin;
    }

    /** Raw key, may be null. */
    @Override
    public byte[] key() {
        return key;
    }

    /** Raw value, may be null. */
    @Override
    public byte[] value() {
        return value;
    }

    /** Why it was refused, or null for a valid record. */
    @Override
    public Rejection rejection() {
        return rejection;
    }

    public Behavior behavior() {
        return (Behavior) payload;
    }

    public AdRequest adRequest() {
        return (AdRequest) payload;
    }

    public Erasure erasure() {
        return (Erasure) payload;
    }

    /** The key of all state; valid records only. */
    public String userId() {
        return switch (kind) {
            case BEHAVIOR -> behavior().getUserId();
            case AD_REQUEST -> adRequest().getUserId();
            case ERASURE -> erasure().getUserId();
        };
    }

    /**
     * Event time, ms; valid records only. An erasure is of its record's own time at the most: one
     * that is dated ahead would make behaviors vanish that nobody has sent yet.
     */
    @Override
    public long eventTime() {
        return switch (kind) {
            case BEHAVIOR -> behavior().getTimestamp();
            case AD_REQUEST -> adRequest().getTimestamp();
            case ERASURE -> Math.min(erasure().getTimestamp(), origin.timestamp());
        };
    }

    private EventKind eventKind() {
        return switch (kind) {
            case BEHAVIOR -> EventKind.BEHAVIOR;
            case AD_REQUEST -> EventKind.AD_REQUEST;
            case ERASURE -> EventKind.ERASURE;
        };
    }

    /** event_id, request_id or erasure_id; orders records of the same time. */
    public String id() {
        return switch (kind) {
            case BEHAVIOR -> behavior().getEventId();
            case AD_REQUEST -> adRequest().getRequestId();
            case ERASURE -> erasure().getErasureId();
        };
    }
}
