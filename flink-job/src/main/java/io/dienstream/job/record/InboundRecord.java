package io.dienstream.job.record;

import io.dienstream.dien.history.EventOrder;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Erasure;
import java.io.IOException;

/** One record that the scoring job reads. */
public final class InboundRecord extends RawRecord {
    /** The order in which a user's valid records count. */
    public static final EventOrder<InboundRecord> EVENT_ORDER =
            EventOrder.of(InboundRecord::eventTime, r -> r.event.kind(), InboundRecord::id);

    private final Kind kind;
    private final InboundEvent event;

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
        super(origin, key, value, rejection);
        this.kind = kind;
        this.event = event;
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
                "a record of kind " + kind + " is no valid " + asked + ", origin " + origin());
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
                ? Math.min(event.timestamp(), origin().timestamp())
                : event.timestamp();
    }

    /** event_id, request_id or erasure_id; orders records of the same time. */
    public String id() {
        return event.id();
    }
}
