package io.dienstream.job.learning.quality;

import io.dienstream.evaluation.online.QualityBytes;
import io.dienstream.job.record.RecordSerializer;
import io.dienstream.job.record.RecordType;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Layout 2: layout byte, who scored, segment, start, sums, coverage, which layout 1 lacks. */
public final class QualityPartSerializer extends RecordSerializer<QualityPart> {
    private static final long serialVersionUID = 1;
    private static final byte LAYOUT = 2;

    /** Flink's view of a part. */
    public static final RecordType<QualityPart> TYPE =
            new RecordType<>(QualityPart.class, new QualityPartSerializer());

    @Override
    public void serialize(QualityPart part, DataOutputView out) throws IOException {
        out.writeByte(LAYOUT);
        ScoredImpressionSerializer.writeBy(part.by(), out);
        out.writeUTF(part.segment());
        out.writeLong(part.start());
        QualityBytes.write(part.sums(), out);
        out.writeDouble(part.coverage());
    }

    @Override
    public QualityPart deserialize(DataInputView in) throws IOException {
        byte layout = in.readByte();
        if (layout < 1 || layout > LAYOUT) {
            throw new IOException("part of a window's sums of unknown layout " + layout);
        }
        ScoredBy by = ScoredImpressionSerializer.readBy(in);
        return new QualityPart(
                by,
                in.readUTF(),
                in.readLong(),
                QualityBytes.read(in),
                layout == 1 ? Double.NaN : in.readDouble());
    }

    @Override
    protected Supplier<TypeSerializer<QualityPart>> create() {
        return QualityPartSerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<QualityPart> snapshotConfiguration() {
        return new PartSnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class PartSnapshot extends RecordSerializer.Snapshot<QualityPart> {
        public PartSnapshot() {
            super(QualityPartSerializer::new, LAYOUT);
        }
    }
}
