package io.dienstream.job.state;

import io.dienstream.job.record.Bytes;
import io.dienstream.job.record.RecordSerializer;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Layout u8 (1), fingerprint u64, touched u64, v = number of sealed keys, each u16, then {@link
 * InterestHistoryCodec} with H = 0.
 */
final class StoredTailSerializer extends HistorySerializer<StoredTail> {
    private static final long serialVersionUID = 1;
    private static final byte LAYOUT = 1;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public StoredTail copy(StoredTail from) {
        return new StoredTail(
                from.modelFingerprint(), from.touched(), from.sealedKeys(), from.rows().copy());
    }

    @Override
    public void serialize(StoredTail tail, DataOutputView out) throws IOException {
        out.writeByte(LAYOUT);
        out.writeLong(tail.modelFingerprint());
        out.writeLong(tail.touched());
        Bytes.writeVarLong(tail.sealedKeys().length, out);
        for (short key : tail.sealedKeys()) {
            out.writeShort(key);
        }
        codec().write(tail.rows(), out);
    }

    @Override
    public StoredTail deserialize(DataInputView in) throws IOException {
        byte layout = in.readByte();
        if (layout != LAYOUT) {
            throw new IOException("history tail of unknown layout " + layout);
        }
        long fingerprint = in.readLong();
        long touched = in.readLong();
        short[] keys = new short[Bytes.readVarInt(in)];
        for (int t = 0; t < keys.length; t++) {
            keys[t] = in.readShort();
        }
        return new StoredTail(fingerprint, touched, keys, codec().read(in));
    }

    @Override
    protected Supplier<TypeSerializer<StoredTail>> create() {
        return StoredTailSerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<StoredTail> snapshotConfiguration() {
        return new StoredTailSnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class StoredTailSnapshot extends RecordSerializer.Snapshot<StoredTail> {
        public StoredTailSnapshot() {
            super(StoredTailSerializer::new, InterestHistoryCodec.LAYOUT);
        }
    }
}
