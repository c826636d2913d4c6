package io.dienstream.job.learning.record;

import io.dienstream.job.record.Origin;
import io.dienstream.job.record.RawRecordSerializer;
import io.dienstream.job.record.RecordSerializer;
import io.dienstream.job.record.RecordType;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** See {@link RawRecordSerializer}. */
public final class LearningRecordSerializer extends RawRecordSerializer<LearningRecord> {
    private static final long serialVersionUID = 1;

    public static final RecordType<LearningRecord> TYPE =
            new RecordType<>(LearningRecord.class, new LearningRecordSerializer());

    private transient LearningDecoder decoder;

    public LearningRecordSerializer() {
        super("learning record");
    }

    @Override
    protected byte kind(LearningRecord record) {
        return record.kind().code();
    }

    @Override
    protected LearningRecord decode(byte kind, Origin origin, byte[] key, byte[] value)
            throws IOException, WireException {
        return decoder().decode(LearningRecord.Kind.of(kind), origin, key, value);
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
