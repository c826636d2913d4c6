package io.dienstream.job.learning.record;

import io.dienstream.job.record.Origin;
import io.dienstream.job.record.RawRecord;
import io.dienstream.job.record.Rejection;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Heartbeat;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ServedRequest;
import java.io.IOException;
import org.apache.avro.specific.SpecificRecord;

/** One record that the learning job reads. */
public final class LearningRecord extends RawRecord {
    private final Kind kind;
    private final SpecificRecord payload;

    /** What a record is; those of one time count in this order. */
    public enum Kind {
        SERVED(0),
        IMPRESSION(1),
        CLICK(2),
        HEARTBEAT(3);

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
        static Kind of(byte code) throws IOException {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IOException("learning record of unknown kind " + code);
        }
    }

    private LearningRecord(
            Kind kind,
            Origin origin,
            byte[] key,
            byte[] value,
            SpecificRecord payload,
            Rejection rejection) {
        super(origin, key, value, rejection);
        this.kind = kind;
        this.payload = payload;
    }

    /**
     * @param value the bytes of {@code payload}
     */
    public static LearningRecord of(
            Kind kind, Origin origin, byte[] key, byte[] value, SpecificRecord payload) {
        return new LearningRecord(kind, origin, key, value, payload, null);
    }

    public static LearningRecord rejected(
            Kind kind, Origin origin, byte[] key, byte[] value, Rejection rejection) {
        return new LearningRecord(kind, origin, key, value, null, rejection);
    }

    public Kind kind() {
        return kind;
    }

    public ServedRequest served() {
        return (ServedRequest) payload;
    }

    public Impression impression() {
        return (Impression) payload;
    }

    public AdClick click() {
        return (AdClick) payload;
    }

    public Heartbeat heartbeat() {
        return (Heartbeat) payload;
    }

    @Override
    public long eventTime() {
        return switch (kind) {
            case SERVED -> served().getTimestamp();
            case IMPRESSION -> impression().getTimestamp();
            case CLICK -> click().getTimestamp();
            case HEARTBEAT -> heartbeat().getTimestamp();
        };
    }

    /** The key of all state; valid records but heartbeats only. */
    public String requestId() {
        return switch (kind) {
            case SERVED -> served().getRequestId();
            case IMPRESSION -> impression().getRequestId();
            case CLICK -> click().getRequestId();
            case HEARTBEAT -> throw new IllegalStateException("a heartbeat is of no request");
        };
    }

    /** Valid impressions and clicks only. */
    public String adId() {
        return kind == Kind.CLICK ? click().getAdId() : impression().getAdId();
    }

    /** Valid impressions and clicks only. */
    public String userId() {
        return kind == Kind.CLICK ? click().getUserId() : impression().getUserId();
    }
}
