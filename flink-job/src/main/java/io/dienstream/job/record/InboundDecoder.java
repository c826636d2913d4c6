package io.dienstream.job.record;

import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Erasure;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;

/** Wire bytes to the record that their topic holds. Not thread safe. */
public final class InboundDecoder {
    private final WireDecoder<Behavior> behaviors = WireDecoder.of(Behavior.class);
    private final WireDecoder<AdRequest> requests = WireDecoder.of(AdRequest.class);
    private final WireDecoder<Erasure> erasures = WireDecoder.of(Erasure.class);

    /**
     * @throws WireException where {@code value} is no message of {@code kind}
     */
    public InboundRecord decode(InboundRecord.Kind kind, Origin origin, byte[] key, byte[] value)
            throws WireException {
        return switch (kind) {
            case BEHAVIOR -> InboundRecord.behavior(origin, key, value, behaviors.decode(value));
            case AD_REQUEST -> InboundRecord.adRequest(origin, key, value, requests.decode(value));
            case ERASURE -> InboundRecord.erasure(origin, key, value, erasures.decode(value));
        };
    }
}
