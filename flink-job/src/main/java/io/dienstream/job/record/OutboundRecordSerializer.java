package io.dienstream.job.record;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Key, value, timestamp. Only ever in flight, never in state. */
public final class OutboundRecordSerializer extends RecordSerializer<OutboundRecord> {
    private static final long serialVersionUID = 1;

    @Override
    public void serialize(OutboundRecord record, DataOutputView out) throws IOException {
        Bytes.write(record.key(), out);
        Bytes.write(record.value(), out);
        out.writeLong(record.timestamp());
    }

    @Override
    public OutboundRecord deserialize(DataInputView in) throws IOException {
        return new OutboundRecord(Bytes.read(in), Bytes.read(in), in.readLong());
    }

    @Override
    protected Supplier<TypeSerializer<OutboundRecord>> create() {
        return OutboundRecordSerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<OutboundRecord> snapshotConfiguration() {
        return new OutboundSnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class OutboundSnapshot extends RecordSerializer.Snapshot<OutboundRecord> {
        public OutboundSnapshot() {
            super(OutboundRecordSerializer::new, 1);
        }
    }
}
