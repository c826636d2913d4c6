package io.dienstream.job.record;

import io.dienstream.dien.history.EventKind;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Erasure;

/** What a valid record says of a user; one kind a topic. */
public sealed interface InboundEvent {
    /** Where it stands among events of one time. */
    EventKind kind();

    String userId();

    /** As its producer states it, ms. */
    long timestamp();

    /** event_id, request_id or erasure_id. */
    String id();

    /** The user has clicked. */
    record Clicked(Behavior behavior) implements InboundEvent {
        @Override
        public EventKind kind() {
            return EventKind.BEHAVIOR;
        }

        @Override
        public String userId() {
            return behavior.getUserId();
        }

        @Override
        public long timestamp() {
            return behavior.getTimestamp();
        }

        @Override
        public String id() {
            return behavior.getEventId();
        }
    }

    /** Ads are asked for. */
    record Asked(AdRequest request) implements InboundEvent {
        @Override
        public EventKind kind() {
            return EventKind.AD_REQUEST;
        }

        @Override
        public String userId() {
            return request.getUserId();
        }

        @Override
        public long timestamp() {
            return request.getTimestamp();
        }

        @Override
        public String id() {
            return request.getRequestId();
        }
    }

    /** What the user did is to be forgotten. */
    record Erased(Erasure erasure) implements InboundEvent {
        @Override
        public EventKind kind() {
            return EventKind.ERASURE;
        }

        @Override
        public String userId() {
            return erasure.getUserId();
        }

        @Override
        public long timestamp() {
            return erasure.getTimestamp();
        }

        @Override
        public String id() {
            return erasure.getErasureId();
        }
    }
}
