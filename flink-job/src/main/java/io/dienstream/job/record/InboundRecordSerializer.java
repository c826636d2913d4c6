package io.dienstream.job.record;

import io.dienstream.wire.WireException;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Layout 1: layout byte, kind byte, origin, raw key, raw value. Valid records only: rejected ones
 * leave the stream in the operator that is chained to their source.
 */
public final class InboundRecordSerializer extends RecordSerializer<InboundRecord> {
    private static final long serialVersionUID = 1;
    private static final byte LAYOUT = 1;

    private transient InboundDecoder decoder;

    @Override
    public void serialize(InboundRecord record, DataOutputView out) throws IOException {
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
    public InboundRecord deserialize(DataInputView in) throws IOException {
        return deserialize(in.readByte(), in);
    }

    /**
     * @param layout the value's first byte, which has been read
     */
    public InboundRecord deserialize(byte layout, DataInputView in) throws IOException {
        if (layout != LAYOUT) {
            throw new IOException("inbound record of unknown layout " + layout);
        }
        InboundRecord.Kind kind = InboundRecord.Kind.of(in.readByte());
        Origin origin = new Origin(in.readUTF(), in.readInt(), in.readLong(), in.readLong());
        byte[] key = Bytes.read(in);
        byte[] value = Bytes.read(in);
        try {
            return decoder().decode(kind, origin, key, value);
        } catch (WireException e) {
            throw new IOException("a record that was decoded before no longer is", e);
        }
    }

    private InboundDecoder decoder() {
        if (decoder == null) {
            decoder = new InboundDecoder();
        }
        return decoder;
    }

    @Override
    protected Supplier<TypeSerializer<InboundRecord>> create() {
        return InboundRecordSerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<InboundRecord> snapshotConfiguration() {
        return new InboundSnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class InboundSnapshot extends RecordSerializer.Snapshot<InboundRecord> {
        public InboundSnapshot() {
            super(InboundRecordSerializer::new, LAYOUT);
        }
    }
}
