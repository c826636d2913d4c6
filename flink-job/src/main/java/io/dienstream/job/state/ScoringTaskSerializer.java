package io.dienstream.job.state;

import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.InboundRecordSerializer;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.record.RecordSerializer;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.ScoringTask;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Layout byte, stamp of the model, request, prefix, lateness, history. In flight only, where
 * scoring is not chained; an unaligned checkpoint keeps what is in flight, so what earlier releases
 * wrote is read: layout 2 had the model's fingerprint alone, layout 1 began with the request, whose
 * own layout byte was 1.
 */
public final class ScoringTaskSerializer extends HistorySerializer<ScoringTask> {
    private static final long serialVersionUID = 1;

    public static final RecordType<ScoringTask> TYPE =
            new RecordType<>(ScoringTask.class, new ScoringTaskSerializer());

    private static final byte LAYOUT = 3;
    private static final byte LAYOUT_WITH_FINGERPRINT = 2;
    private static final byte LAYOUT_WITHOUT_MODEL = 1;

    private final InboundRecordSerializer requests = new InboundRecordSerializer();

    @Override
    public void serialize(ScoringTask task, DataOutputView out) throws IOException {
        out.writeByte(LAYOUT);
        ModelStamp model = task.model();
        out.writeLong(model.fingerprint());
        out.writeUTF(model.uri());
        out.writeUTF(model.sha256());
        out.writeLong(model.publishedIn());
        out.writeBoolean(model.candidate());
        out.writeLong(model.revision());
        requests.serialize(task.request(), out);
        out.writeInt(task.prefix());
        out.writeBoolean(task.late());
        codec().write(task.history(), 0, 0, out);
    }

    @Override
    public ScoringTask deserialize(DataInputView in) throws IOException {
        byte layout = in.readByte();
        ModelStamp model = stamp(layout, in);
        InboundRecord request =
                layout == LAYOUT_WITHOUT_MODEL
                        ? requests.deserialize(layout, in)
                        : requests.deserialize(in);
        int prefix = in.readInt();
        boolean late = in.readBoolean();
        return new ScoringTask(request, codec().read(0, 0, in), prefix, late, model);
    }

    private static ModelStamp stamp(byte layout, DataInputView in) throws IOException {
        return switch (layout) {
            case LAYOUT_WITHOUT_MODEL -> ModelStamp.configured(ScoringTask.UNTOLD);
            case LAYOUT_WITH_FINGERPRINT -> ModelStamp.configured(in.readLong());
            case LAYOUT ->
                    new ModelStamp(
                            in.readLong(),
                            in.readUTF(),
                            in.readUTF(),
                            in.readLong(),
                            in.readBoolean(),
                            in.readLong());
            default -> throw new IOException("scoring task of unknown layout " + layout);
        };
    }

    @Override
    protected Supplier<TypeSerializer<ScoringTask>> create() {
        return ScoringTaskSerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<ScoringTask> snapshotConfiguration() {
        return new ScoringTaskSnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class ScoringTaskSnapshot extends RecordSerializer.Snapshot<ScoringTask> {
        public ScoringTaskSnapshot() {
            super(ScoringTaskSerializer::new, LAYOUT);
        }
    }
}
