package io.dienstream.job.state;

import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.InboundRecordSerializer;
import io.dienstream.job.record.RecordSerializer;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.ScoringTask;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Request, prefix, lateness, history. In flight only, where scoring is not chained. */
public final class ScoringTaskSerializer extends HistorySerializer<ScoringTask> {
    private static final long serialVersionUID = 1;

    public static final RecordType<ScoringTask> TYPE =
            new RecordType<>(ScoringTask.class, new ScoringTaskSerializer());

    private final InboundRecordSerializer requests = new InboundRecordSerializer();

    @Override
    public void serialize(ScoringTask task, DataOutputView out) throws IOException {
        requests.serialize(task.request(), out);
        out.writeInt(task.prefix());
        out.writeBoolean(task.late());
        codec().write(task.history(), 0, 0, out);
    }

    @Override
    public ScoringTask deserialize(DataInputView in) throws IOException {
        InboundRecord request = requests.deserialize(in);
        int prefix = in.readInt();
        boolean late = in.readBoolean();
        return new ScoringTask(request, codec().read(0, 0, in), prefix, late);
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
            super(ScoringTaskSerializer::new, InterestHistoryCodec.LAYOUT);
        }
    }
}
