package io.dienstream.job.learning.record;

import io.dienstream.job.record.Bytes;
import io.dienstream.job.record.RecordSerializer;
import io.dienstream.job.record.RecordType;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireEncoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The served record, the example as on the wire. Only ever in flight, never in state. */
public final class JoinedExampleSerializer extends RecordSerializer<JoinedExample> {
    private static final long serialVersionUID = 1;

    public static final RecordType<JoinedExample> TYPE =
            new RecordType<>(JoinedExample.class, new JoinedExampleSerializer());

    private final LearningRecordSerializer served = new LearningRecordSerializer();
    private transient WireEncoder<TrainingExample> encoder;
    private transient WireDecoder<TrainingExample> decoder;

    @Override
    public void serialize(JoinedExample joined, DataOutputView out) throws IOException {
        if (encoder == null) {
            encoder = new WireEncoder<>(TrainingExample.class);
        }
        served.serialize(joined.served(), out);
        Bytes.write(encoder.encode(joined.example()), out);
    }

    @Override
    public JoinedExample deserialize(DataInputView in) throws IOException {
        if (decoder == null) {
            decoder = WireDecoder.of(TrainingExample.class);
        }
        try {
            return new JoinedExample(served.deserialize(in), decoder.decode(Bytes.read(in)));
        } catch (WireException e) {
            throw new IOException("an example that was encoded here cannot be read", e);
        }
    }

    @Override
    protected Supplier<TypeSerializer<JoinedExample>> create() {
        return JoinedExampleSerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<JoinedExample> snapshotConfiguration() {
        return new JoinedSnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class JoinedSnapshot extends RecordSerializer.Snapshot<JoinedExample> {
        public JoinedSnapshot() {
            super(JoinedExampleSerializer::new, 1);
        }
    }
}
