package io.dienstream.job.record;

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
            EventOrder.of(InboundRecord::eventTime, r -> r.event.kind(), InboundRecord::id);

    private final Kind kind;
    private final Origin origin;
    private final byte[] key;
    private final byte[] value;
    private final InboundEvent event;
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
            InboundEvent event,
            Rejection rejection) {
        this.kind = kind;
        this.origin = origin;
        this.key = key;
        this.value = value;
        this.event = event;
        this.rejection = rejection;
    }

    public static InboundRecord behavior(Origin origin, byte[] key, byte[] value, Behavior b) {
        return new InboundRecord(
                Kind.BEHAVIOR, origin, key, value, new InboundEvent.Clicked(b), null);
    }

    public static InboundRecord adRequest(Origin origin, byte[] key, byte[] value, AdRequest r) {
        return new InboundRecord(
                Kind.AD_REQUEST, origin, key, value, new InboundEvent.Asked(r), null);
    }

    public static InboundRecord erasure(Origin origin, byte[] key, byte[] value, Erasure e) {
        return new InboundRecord(
                Kind.ERASURE, origin, key, value, new InboundEvent.Erased(e), null);
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

    /** What it says; null of a refused one. */
    public InboundEvent event() {
        return event;
    }

    /**
     * @throws IllegalStateException of a record that is no valid behavior; so the next two
     */
    public Behavior behavior() {
        if (event instanceof InboundEvent.Clicked clicked) {
            return clicked.behavior();
        }
        throw isNot(Kind.BEHAVIOR);
    }

    public AdRequest adRequest() {
        if (event instanceof InboundEvent.Asked asked) {
            return asked.request();
        }
        throw isNot(Kind.AD_REQUEST);
    }

    public Erasure erasure() {
        if (event instanceof InboundEvent.Erased erased) {
            return erased.erasure();
        }
        throw isNot(Kind.ERASURE);
    }

    private IllegalStateException isNot(Kind asked) {
        return new IllegalStateException(
                "a record of kind " + kind + " is no valid " + asked + ", origin " + origin);
    }

    /** The key of all state; valid records only. */
    public String userId() {
        return event.userId();
    }

    /**
     * Event time, ms; valid records only. An erasure is of its record's own time at the most: one
     * that is dated ahead would make behaviors vanish that nobody has sent yet.
     */
    @Override
    public long eventTime() {
        return kind == Kind.ERASURE
                ? Math.min(event.timestamp(), origin.timestamp())
                : event.timestamp();
    }

    /** event_id, request_id or erasure_id; orders records of the same time. */
    public String id() {
        return event.id();
    }
}
