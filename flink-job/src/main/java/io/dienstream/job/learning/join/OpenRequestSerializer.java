package io.dienstream.job.learning.join;

import io.dienstream.job.record.Bytes;
import io.dienstream.job.record.RecordSerializer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Layout 1. i64 big endian, v = unsigned LEB128, d = v of the zigzagged distance from requested_at,
 * s = length-prefixed UTF-8 or null:
 *
 * <pre>
 * layout u8 = 1, flags u8 (served 1, snapshot 2, cold 4, timer 8, held 16)
 * requested_at i64, [timer_at d], [held_until d]
 * where served: user i64, model_name s, model_version s, fingerprint s, arm s
 * number of ads v, each: ad i64, flags u8, then those that its flags say are there
 *   impressed 1: impressed_at d, position v (0: none, else position + 1)
 *   final 2:     final_at d
 *   clicked 4:   clicked_at d
 *   propensity 8: f64
 *   implied 16, corrected 32: nothing more
 *   out 64:      pctr f32, pricing u8
 * </pre>
 */
final class OpenRequestSerializer extends RecordSerializer<OpenRequest> {
    private static final long serialVersionUID = 1;
    private static final byte LAYOUT = 1;

    private static final int SERVED = 1;
    private static final int SNAPSHOT = 2;
    private static final int COLD = 4;
    private static final int TIMER = 8;
    private static final int HELD = 16;

    private static final int IMPRESSED = 1;
    private static final int FINAL = 2;
    private static final int CLICKED = 4;
    private static final int PROPENSITY = 8;
    private static final int IMPLIED = 16;
    private static final int CORRECTED = 32;
    private static final int OUT = 64;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public OpenRequest copy(OpenRequest from) {
        return from.copy();
    }

    @Override
    public void serialize(OpenRequest request, DataOutputView out) throws IOException {
        out.writeByte(LAYOUT);
        boolean hasTimer = request.timerAt != OpenRequest.NEVER;
        boolean hasHeld = request.heldUntil != OpenRequest.NEVER;
        out.writeByte(
                (request.served ? SERVED : 0)
                        | (request.hasSnapshot ? SNAPSHOT : 0)
                        | (request.cold ? COLD : 0)
                        | (hasTimer ? TIMER : 0)
                        | (hasHeld ? HELD : 0));
        long from = request.requestedAt;
        out.writeLong(from);
        if (hasTimer) {
            writeTime(request.timerAt, from, out);
        }
        if (hasHeld) {
            writeTime(request.heldUntil, from, out);
        }
        if (request.served) {
            out.writeLong(request.user);
            Bytes.writeText(request.modelName, out);
            Bytes.writeText(request.modelVersion, out);
            Bytes.writeText(request.fingerprint, out);
            Bytes.writeText(request.arm, out);
        }
        Bytes.writeVarLong(request.ads.size(), out);
        for (AdLabel ad : request.ads) {
            write(ad, from, out);
        }
    }

    private static void write(AdLabel ad, long from, DataOutput out) throws IOException {
        boolean hasPropensity = !Double.isNaN(ad.propensity);
        boolean hasFinal = ad.finalAt != AdLabel.NONE;
        out.writeLong(ad.ad);
        out.writeByte(
                (ad.isImpressed() ? IMPRESSED : 0)
                        | (hasFinal ? FINAL : 0)
                        | (ad.isClicked() ? CLICKED : 0)
                        | (hasPropensity ? PROPENSITY : 0)
                        | (ad.implied ? IMPLIED : 0)
                        | (ad.corrected ? CORRECTED : 0)
                        | (ad.out ? OUT : 0));
        if (ad.isImpressed()) {
            writeTime(ad.impressedAt, from, out);
            Bytes.writeVarLong(ad.position + 1L, out);
        }
        if (hasFinal) {
            writeTime(ad.finalAt, from, out);
        }
        if (ad.isClicked()) {
            writeTime(ad.clickedAt, from, out);
        }
        if (hasPropensity) {
            out.writeDouble(ad.propensity);
        }
        if (ad.out) {
            out.writeFloat(ad.pctr);
            out.writeByte(ad.pricing);
        }
    }

    @Override
    public OpenRequest deserialize(DataInputView in) throws IOException {
        byte layout = in.readByte();
        if (layout != LAYOUT) {
            throw new IOException(
                    "open request of unknown layout "
                            + layout
                            + ": of a newer release, or damaged");
        }
        int flags = in.readByte();
        OpenRequest request = new OpenRequest();
        request.served = (flags & SERVED) != 0;
        request.hasSnapshot = (flags & SNAPSHOT) != 0;
        request.cold = (flags & COLD) != 0;
        long from = in.readLong();
        request.requestedAt = from;
        request.timerAt = (flags & TIMER) != 0 ? readTime(from, in) : OpenRequest.NEVER;
        request.heldUntil = (flags & HELD) != 0 ? readTime(from, in) : OpenRequest.NEVER;
        if (request.served) {
            request.user = in.readLong();
            request.modelName = Bytes.readText(in);
            request.modelVersion = Bytes.readText(in);
            request.fingerprint = Bytes.readText(in);
            request.arm = Bytes.readText(in);
        }
        int ads = Bytes.readVarInt(in);
        for (int n = 0; n < ads; n++) {
            request.ads.add(readAd(from, in));
        }
        return request;
    }

    private static AdLabel readAd(long from, DataInput in) throws IOException {
        AdLabel ad = new AdLabel(in.readLong());
        int flags = in.readByte();
        if ((flags & IMPRESSED) != 0) {
            ad.impressedAt = readTime(from, in);
            ad.position = Bytes.readVarInt(in) - 1;
        }
        ad.finalAt = (flags & FINAL) != 0 ? readTime(from, in) : AdLabel.NONE;
        ad.clickedAt = (flags & CLICKED) != 0 ? readTime(from, in) : AdLabel.NONE;
        ad.propensity = (flags & PROPENSITY) != 0 ? in.readDouble() : Double.NaN;
        ad.implied = (flags & IMPLIED) != 0;
        ad.corrected = (flags & CORRECTED) != 0;
        ad.out = (flags & OUT) != 0;
        if (ad.out) {
            ad.pctr = in.readFloat();
            ad.pricing = in.readByte();
        }
        return ad;
    }

    private static void writeTime(long time, long from, DataOutput out) throws IOException {
        long distance = time - from;
        Bytes.writeVarLong(distance << 1 ^ distance >> 63, out);
    }

    private static long readTime(long from, DataInput in) throws IOException {
        long zigzag = Bytes.readVarLong(in);
        return from + (zigzag >>> 1 ^ -(zigzag & 1));
    }

    @Override
    protected Supplier<TypeSerializer<OpenRequest>> create() {
        return OpenRequestSerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<OpenRequest> snapshotConfiguration() {
        return new OpenRequestSnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class OpenRequestSnapshot extends RecordSerializer.Snapshot<OpenRequest> {
        public OpenRequestSnapshot() {
            super(OpenRequestSerializer::new, LAYOUT);
        }
    }
}
