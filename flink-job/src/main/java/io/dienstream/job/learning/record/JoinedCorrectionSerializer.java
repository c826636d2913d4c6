package io.dienstream.job.learning.record;

import io.dienstream.job.record.Bytes;
import io.dienstream.job.record.RecordSerializer;
import io.dienstream.job.record.RecordType;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireEncoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The correction as on the wire, then the fields. Only ever in flight, never in state. */
public final class JoinedCorrectionSerializer extends RecordSerializer<JoinedCorrection> {
    private static final long serialVersionUID = 1;

    public static final RecordType<JoinedCorrection> TYPE =
            new RecordType<>(JoinedCorrection.class, new JoinedCorrectionSerializer());

    private transient WireEncoder<LabelCorrection> encoder;
    private transient WireDecoder<LabelCorrection> decoder;

    @Override
    public void serialize(JoinedCorrection joined, DataOutputView out) throws IOException {
        if (encoder == null) {
            encoder = new WireEncoder<>(LabelCorrection.class);
        }
        Bytes.write(encoder.encode(joined.correction()), out);
        out.writeFloat(joined.pctr());
        Bytes.writeText(joined.modelName(), out);
        Bytes.writeText(joined.modelVersion(), out);
        Bytes.writeText(joined.fingerprint(), out);
        Bytes.writeText(joined.arm(), out);
        out.writeInt(joined.position() == null ? -1 : joined.position());
        Bytes.writeText(joined.pricing(), out);
        out.writeBoolean(joined.cold());
    }

    @Override
    public JoinedCorrection deserialize(DataInputView in) throws IOException {
        if (decoder == null) {
            decoder = WireDecoder.of(LabelCorrection.class);
        }
        try {
            return new JoinedCorrection(
                    decoder.decode(Bytes.read(in)),
                    in.readFloat(),
                    Bytes.readText(in),
                    Bytes.readText(in),
                    Bytes.readText(in),
                    Bytes.readText(in),
                    position(in.readInt()),
                    Bytes.readText(in),
                    in.readBoolean());
        } catch (WireException e) {
            throw new IOException("a correction that was encoded here cannot be read", e);
        }
    }

    private static Integer position(int value) {
        return value < 0 ? null : value;
    }

    @Override
    protected Supplier<TypeSerializer<JoinedCorrection>> create() {
        return JoinedCorrectionSerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<JoinedCorrection> snapshotConfiguration() {
        return new JoinedSnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class JoinedSnapshot extends RecordSerializer.Snapshot<JoinedCorrection> {
        public JoinedSnapshot() {
            super(JoinedCorrectionSerializer::new, 1);
        }
    }
}
