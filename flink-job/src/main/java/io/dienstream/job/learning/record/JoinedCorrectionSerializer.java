package io.dienstream.job.learning.record;

import io.dienstream.job.record.Bytes;
import io.dienstream.job.record.RecordSerializer;
import io.dienstream.job.record.RecordType;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireEncoder;
import io.dienstream.wire.WireException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
        write(joined.modelName(), out);
        write(joined.modelVersion(), out);
        write(joined.fingerprint(), out);
        write(joined.arm(), out);
        out.writeInt(joined.position() == null ? -1 : joined.position());
        write(joined.pricing(), out);
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
                    read(in),
                    read(in),
                    read(in),
                    read(in),
                    position(in.readInt()),
                    read(in),
                    in.readBoolean());
        } catch (WireException e) {
            throw new IOException("a correction that was encoded here cannot be read", e);
        }
    }

    private static Integer position(int value) {
        return value < 0 ? null : value;
    }

    private static void write(String text, DataOutput out) throws IOException {
        Bytes.write(text == null ? null : text.getBytes(StandardCharsets.UTF_8), out);
    }

    private static String read(DataInput in) throws IOException {
        byte[] bytes = Bytes.read(in);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
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
