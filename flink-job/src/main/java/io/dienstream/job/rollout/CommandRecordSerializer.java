package io.dienstream.job.rollout;

import io.dienstream.job.record.Bytes;
import io.dienstream.job.record.RecordSerializer;
import io.dienstream.job.record.RecordType;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Layout 1: layout byte, offset, timestamp, value as it was written. */
public final class CommandRecordSerializer extends RecordSerializer<CommandRecord> {
    private static final long serialVersionUID = 1;
    private static final byte LAYOUT = 1;

    /** Flink's view of a command. */
    public static final RecordType<CommandRecord> TYPE =
            new RecordType<>(CommandRecord.class, new CommandRecordSerializer());

    @Override
    public void serialize(CommandRecord record, DataOutputView out) throws IOException {
        out.writeByte(LAYOUT);
        out.writeLong(record.offset());
        out.writeLong(record.timestamp());
        Bytes.write(record.value(), out);
    }

    @Override
    public CommandRecord deserialize(DataInputView in) throws IOException {
        byte layout = in.readByte();
        if (layout != LAYOUT) {
            throw new IOException("command of unknown layout " + layout);
        }
        return new CommandRecord(in.readLong(), in.readLong(), Bytes.read(in));
    }

    @Override
    protected Supplier<TypeSerializer<CommandRecord>> create() {
        return CommandRecordSerializer::new;
    }

    @Override
    public TypeSerializerSnapshot<CommandRecord> snapshotConfiguration() {
        return new CommandSnapshot();
    }

    /** Needs a public class with a public constructor; Flink makes it by name. */
    public static final class CommandSnapshot extends RecordSerializer.Snapshot<CommandRecord> {
        public CommandSnapshot() {
            super(CommandRecordSerializer::new, LAYOUT);
        }
    }
}
