package io.dienstream.job.learning.record;

import io.dienstream.job.record.Bytes;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.RecordSerializer;
import io.dienstream.job.record.RecordType;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Layout 1: layout byte, kind byte, origin, raw key, raw value. Valid records only. */
public final class LearningRecordSerializer extends RecordSerializer<LearningRecord> {
    private static final long serialVersionUID = 1;
    private static final byte LAYOUT = 1;

    public static final RecordType<LearningRecord> TYPE =
            new RecordType<>(LearningRecord.class, new LearningRecordSerializer());

    private transient LearningDecoder decoder;

    @Override
    public void serialize(LearningRecord record, DataOutputView out) throws IOException {
        if (record.rejection() != null) {
            throw new IOException("a rejected record must not leave its source's chain");
        }
        out.writeByte(LAYOUT);
        out.writeByte(record.kind().code());
        Origin origin = record.origin();
        out.writeUTF(origin.topic());
        out.writeInt(origin.partition());
        out.writeLong(origin.offset());
        out.writeLong(origin.timestamp());
        Bytes.write(record.key(), out);
        Bytes.write(record.value(), out);
    }

    @Override
    public LearningRecord deserialize(DataInputView in) throws IOException {
        byte layout = in.readByte();
        if (layout != LAYOUT) {
            throw new IOException("learning record of unknown layout " + layout);
        }
        LearningRecord.Kind kind = LearningRecord.Kind.of(in.readByte());
        Origin origin = new Origin(in.readUTF(), in.readInt(), in.readLong(), in.readLong());
        byte[] key = Bytes.read(in);
        byte[] value = Bytes.read(in);
        try {
            return decoder().decode(kind, origin, key, value);
        } catch (WireException e) {
            throw new IOException("a record that was decoded before no longer is", e);
        }
    }

    private LearningDecoder decoder() {
        if (decoder == null) {
            decoder = new LearningDecoder();
        }
        return decoder;
    }

    @Override
    protected Supplier<TypeSerializer<LearningRecord>> create() {
        return LearningRecordSerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<LearningRecord> snapshotConfiguration() {
        return new LearningSnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class LearningSnapshot extends RecordSerializer.Snapshot<LearningRecord> {
        public LearningSnapshot() {
            super(LearningRecordSerializer::new, LAYOUT);
        }
    }
}
