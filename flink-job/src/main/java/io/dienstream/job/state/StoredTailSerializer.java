package io.dienstream.job.state;

import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.record.Bytes;
import io.dienstream.job.record.RecordSerializer;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Layout u8, fingerprint u64, touched u64, then a {@link ChecksummedBody} that covers both: v =
 * number of sealed keys, each u16, and the body of {@link InterestHistoryCodec} with H = 0. Layout
 * 1, which stays readable, had no checksum and a history in the layouts of its time.
 */
final class StoredTailSerializer extends HistorySerializer<StoredTail> {
    private static final long serialVersionUID = 1;
    private static final byte LAYOUT = InterestHistoryCodec.LAYOUT;
    private static final byte WITHOUT_CHECKSUM = 1;

    private transient ChecksummedBody body;

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
        DataOutputView inside = body().begin();
        Bytes.writeVarLong(tail.sealedKeys().length, inside);
        for (short key : tail.sealedKeys()) {
            inside.writeShort(key);
        }
        codec().writeBody(tail.rows(), inside);
        body().end(tail.modelFingerprint(), tail.touched(), out);
    }

    @Override
    public StoredTail deserialize(DataInputView in) throws IOException {
        byte layout = in.readByte();
        if (layout != LAYOUT && layout != WITHOUT_CHECKSUM) {
            throw new IOException(
                    "history tail of unknown layout "
                            + layout
                            + ": of a newer release, or damaged");
        }
        long fingerprint = in.readLong();
        long touched = in.readLong();
        DataInputView inside = layout == LAYOUT ? body().read(fingerprint, touched, in) : in;
        short[] keys = new short[Bytes.readVarInt(inside)];
        for (int t = 0; t < keys.length; t++) {
            keys[t] = inside.readShort();
        }
        InterestHistory rows;
        if (layout == LAYOUT) {
            rows = codec().readBody(inside);
        } else {
            rows = codec().readEarlier(inside.readByte(), inside);
            // row 0 is counted among the sealed ones already
            rows.setPlaced(keys.length + rows.size() - 1);
        }
        return new StoredTail(fingerprint, touched, keys, rows);
    }

    private ChecksummedBody body() {
        if (body == null) {
            body = new ChecksummedBody();
        }
        return body;
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
