package io.dienstream.job.state;

import io.dienstream.job.record.RecordSerializer;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Fingerprint u64, touched u64, then {@link InterestHistoryCodec}, which covers both. */
public final class StoredHistorySerializer extends HistorySerializer<StoredHistory> {
    private static final long serialVersionUID = 1;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public StoredHistory copy(StoredHistory from) {
        return new StoredHistory(
                from.modelFingerprint(), from.touched(), from.history().copy(), from.extracted());
    }

    @Override
    public void serialize(StoredHistory stored, DataOutputView out) throws IOException {
        if (stored.extracted() < stored.history().size()) {
            throw new IllegalStateException("a history is stored with all interest states");
        }
        out.writeLong(stored.modelFingerprint());
        out.writeLong(stored.touched());
        codec().write(stored.history(), stored.modelFingerprint(), stored.touched(), out);
    }

    @Override
    public StoredHistory deserialize(DataInputView in) throws IOException {
        long fingerprint = in.readLong();
        long touched = in.readLong();
        return new StoredHistory(fingerprint, touched, codec().read(fingerprint, touched, in));
    }

    @Override
    protected Supplier<TypeSerializer<StoredHistory>> create() {
        return StoredHistorySerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<StoredHistory> snapshotConfiguration() {
        return new StoredHistorySnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class StoredHistorySnapshot
            extends RecordSerializer.Snapshot<StoredHistory> {
        public StoredHistorySnapshot() {
            super(StoredHistorySerializer::new, InterestHistoryCodec.LAYOUT);
        }
    }
}
