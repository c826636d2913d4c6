package io.dienstream.job.record;

import io.dienstream.wire.WireException;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Layout 1: layout byte, kind byte, origin, raw key, raw value. Valid records only: rejected ones
 * leave the stream in the operator that is chained to their source.
 *
 * @param <T> the record
 */
public abstract class RawRecordSerializer<T extends SourceRecord> extends RecordSerializer<T> {
    private static final long serialVersionUID = 1;

    protected static final byte LAYOUT = 1;

    private final String name;

    /**
     * @param name of a record, for messages
     */
    protected RawRecordSerializer(String name) {
        this.name = name;
    }

    /** What is stored of its kind. */
    protected abstract byte kind(T record);

    /**
     * The record that was stored.
     *
     * @param kind as {@link #kind} gave it
     * @throws WireException where {@code value} is no message of that kind
     */
    protected abstract T decode(byte kind, Origin origin, byte[] key, byte[] value)
            throws IOException, WireException;

    @Override
    public void serialize(T record, DataOutputView out) throws IOException {
        if (record.rejection() != null) {
            throw new IOException("a rejected record must not leave its source's chain");
        }
        out.writeByte(LAYOUT);
        out.writeByte(kind(record));
        Origin origin = record.origin();
        out.writeUTF(origin.topic());
        out.writeInt(origin.partition());
        out.writeLong(origin.offset());
        out.writeLong(origin.timestamp());
        Bytes.write(record.key(), out);
        Bytes.write(record.value(), out);
    }

    @Override
    public T deserialize(DataInputView in) throws IOException {
        return deserialize(in.readByte(), in);
    }

    /**
     * @param layout the value's first byte, which has been read
     */
    public T deserialize(byte layout, DataInputView in) throws IOException {
        if (layout != LAYOUT) {
            throw new IOException(name + " of unknown layout " + layout);
        }
        byte kind = in.readByte();
        Origin origin = new Origin(in.readUTF(), in.readInt(), in.readLong(), in.readLong());
        byte[] key = Bytes.read(in);
        byte[] value = Bytes.read(in);
        try {
            return decode(kind, origin, key, value);
        } catch (WireException e) {
            throw new IOException("a record that was decoded before no longer is", e);
        }
    }
}
