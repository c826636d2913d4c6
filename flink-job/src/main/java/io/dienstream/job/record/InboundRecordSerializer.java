package io.dienstream.job.record;

import io.dienstream.wire.WireException;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** See {@link RawRecordSerializer}. */
public final class InboundRecordSerializer extends RawRecordSerializer<InboundRecord> {
    private static final long serialVersionUID = 1;

    private transient InboundDecoder decoder;

    public InboundRecordSerializer() {
        super("inbound record");
    }

    @Override
    protected byte kind(InboundRecord record) {
        return record.kind().code();
    }

    @Override
    protected InboundRecord decode(byte kind, Origin origin, byte[] key, byte[] value)
            throws IOException, WireException {
        return decoder().decode(InboundRecord.Kind.of(kind), origin, key, value);
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
