package io.dienstream.job.learning.record;

import io.dienstream.job.record.Origin;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Heartbeat;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.ReleasedSchemas;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireEncoder;
import io.dienstream.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.SchemaNormalization;

/**
 * Wire bytes to the record that their topic holds, or to the heartbeat that any of them may hold.
 * Not thread safe.
 */
public final class LearningDecoder {
    private static final Set<Long> HEARTBEATS =
            Stream.concat(
                            ReleasedSchemas.of(Heartbeat.class.getSimpleName()).stream(),
                            Stream.of(Heartbeat.getClassSchema()))
                    .map(SchemaNormalization::parsingFingerprint64)
                    .collect(Collectors.toUnmodifiableSet());

    private final WireDecoder<ServedRequest> served = WireDecoder.of(ServedRequest.class);
    private final WireDecoder<Impression> impressions = WireDecoder.of(Impression.class);
    private final WireDecoder<AdClick> clicks = WireDecoder.of(AdClick.class);
    private final WireDecoder<Heartbeat> heartbeats = WireDecoder.of(Heartbeat.class);

    /**
     * @param kind that the topic holds
     * @throws WireException where {@code value} is neither that nor a heartbeat
     */
    public LearningRecord decode(LearningRecord.Kind kind, Origin origin, byte[] key, byte[] value)
            throws WireException {
        LearningRecord.Kind own = isHeartbeat(value) ? LearningRecord.Kind.HEARTBEAT : kind;
        return LearningRecord.of(
                own,
                origin,
                key,
                value,
                switch (own) {
                    case SERVED -> served.decode(value);
                    case IMPRESSION -> impressions.decode(value);
                    case CLICK -> clicks.decode(value);
                    case HEARTBEAT -> heartbeats.decode(value);
                });
    }

    private static boolean isHeartbeat(byte[] value) {
        return value != null
                && value.length >= WireEncoder.HEADER_BYTES
                && value[0] == (byte) 0xC3
                && value[1] == 0x01
                && HEARTBEATS.contains(
                        ByteBuffer.wrap(value, 2, Long.BYTES)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getLong());
    }
}
