package io.dienstream.job.learning.quality;

import io.dienstream.evaluation.online.Outcome;
import io.dienstream.job.record.RecordSerializer;
import io.dienstream.job.record.RecordType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Layout 2: layout byte, user, example, time, kind byte; then, but for a correction, who scored,
 * what, and the clicks' coverage, which layout 1 lacks. Texts may be null.
 */
public final class ScoredImpressionSerializer extends RecordSerializer<ScoredImpression> {
    private static final long serialVersionUID = 1;
    private static final byte LAYOUT = 2;

    /** Flink's view of a scored impression. */
    public static final RecordType<ScoredImpression> TYPE =
            new RecordType<>(ScoredImpression.class, new ScoredImpressionSerializer());

    @Override
    public void serialize(ScoredImpression s, DataOutputView out) throws IOException {
        out.writeByte(LAYOUT);
        out.writeUTF(s.userId());
        out.writeLong(s.example());
        out.writeLong(s.impressedAt());
        out.writeBoolean(s.isCorrection());
        if (s.isCorrection()) {
            return;
        }
        writeBy(s.by(), out);
        Outcome o = s.outcome();
        out.writeDouble(o.pctr());
        out.writeBoolean(o.clicked());
        out.writeDouble(o.weight());
        out.writeDouble(o.worthMicros());
        out.writeBoolean(o.paidByClick());
        writeText(o.currency(), out);
        writeText(s.pricing(), out);
        out.writeInt(s.position());
        out.writeBoolean(s.cold());
        out.writeDouble(s.coverage());
    }

    @Override
    public ScoredImpression deserialize(DataInputView in) throws IOException {
        byte layout = in.readByte();
        if (layout < 1 || layout > LAYOUT) {
            throw new IOException("scored impression of unknown layout " + layout);
        }
        String user = in.readUTF();
        long example = in.readLong();
        long time = in.readLong();
        if (in.readBoolean()) {
            return new ScoredImpression(
                    user, example, time, null, null, null, -1, false, Double.NaN);
        }
        ScoredBy by = readBy(in);
        Outcome outcome =
                new Outcome(
                        in.readDouble(),
                        in.readBoolean(),
                        in.readDouble(),
                        in.readDouble(),
                        in.readBoolean(),
                        readText(in));
        return new ScoredImpression(
                user,
                example,
                time,
                by,
                outcome,
                readText(in),
                in.readInt(),
                in.readBoolean(),
                layout == 1 ? Double.NaN : in.readDouble());
    }

    static void writeBy(ScoredBy by, DataOutput out) throws IOException {
        out.writeUTF(by.model());
        out.writeUTF(by.version());
        out.writeUTF(by.fingerprint());
        out.writeUTF(by.arm());
    }

    static ScoredBy readBy(DataInput in) throws IOException {
        return new ScoredBy(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF());
    }

    private static void writeText(String text, DataOutput out) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static String readText(DataInput in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }

    @Override
    protected Supplier<TypeSerializer<ScoredImpression>> create() {
        return ScoredImpressionSerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<ScoredImpression> snapshotConfiguration() {
        return new ImpressionSnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class ImpressionSnapshot
            extends RecordSerializer.Snapshot<ScoredImpression> {
        public ImpressionSnapshot() {
            super(ScoredImpressionSerializer::new, LAYOUT);
        }
    }
}
