package io.dienstream.job.state;

import io.dienstream.dien.history.Behavior;
import io.dienstream.dien.history.EventKey;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.history.OtherFields;
import io.dienstream.job.record.Bytes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An {@link InterestHistory} as bytes. Layout 3, v = unsigned LEB128; L, F, H, T as in the model, K
 * behaviors that are kept, the newest T of them seen:
 *
 * <pre>
 * +-----+-------------+-----+-----+---------------------+----------+
 * | v F | F names UTF | v H | v L | v most that is kept | v placed |
 * +-----+-------------+-----+-----+---------------------+----------+
 * | floor time u64 | floor key | erased through u64                |
 * | v K | K times: first u64, then v differences | K event keys    |
 * | K * F rows v | K * (v length + 1, raw field values)            |
 * | K other fields ({@link OtherFieldsCodec}) | T * H float32      |
 * +----------------------------------------------------------------+
 * </pre>
 *
 * An event key is the u64 of a number, or two of them. With H = 36, two fields and 10-byte ids that
 * is about 175 bytes a behavior whose event id is a number and 183 another, 144 of them the
 * interest state. T is not written: it follows from K, L and how many behaviors were placed.
 *
 * <p>Layouts 1 and 2 stay readable; they had no checksum, no other fields, no behaviors that are
 * not seen, 64 bits of event keys, and 1 no erasures.
 */
final class InterestHistoryCodec {
    static final byte LAYOUT = 3;
    private static final byte WITHOUT_CHECKSUM = 2;
    private static final byte WITHOUT_ERASURES = 1;

    private final ChecksummedBody body = new ChecksummedBody();
    private final OtherFieldsCodec otherFields = new OtherFieldsCodec();
    private byte[] block = new byte[0];

    /** Layout byte and {@link ChecksummedBody}. */
    void write(InterestHistory h, long identity, long identity2, DataOutput out)
            throws IOException {
        out.writeByte(LAYOUT);
        writeBody(h, body.begin());
        body.end(identity, identity2, out);
    }

    /** The inverse of {@link #write}, for every layout. */
    InterestHistory read(long identity, long identity2, DataInput in) throws IOException {
        byte layout = in.readByte();
        return layout == LAYOUT
                ? readBody(body.read(identity, identity2, in))
                : readEarlier(layout, in);
    }

    void writeBody(InterestHistory h, DataOutput out) throws IOException {
        writeHeader(h, out);
        int from = -h.older();
        int size = h.size();
        Bytes.writeVarLong(size - from, out);
        for (int t = from; t < size; t++) {
            if (t == from) {
                out.writeLong(h.timestamp(t));
            } else {
                Bytes.writeVarLong(h.timestamp(t) - h.timestamp(t - 1), out);
            }
        }
        for (int t = from; t < size; t++) {
            write(h.eventKey(t), out);
        }
        for (int i = h.row(from); i < h.row(size); i++) {
            Bytes.writeVarLong(h.rows()[i], out);
        }
        for (int t = from; t < size; t++) {
            Bytes.write(h.values(t), out);
        }
        otherFields.write(h, out);
        int floats = size * h.hidden();
        ByteBuffer.wrap(block(floats * Float.BYTES)).asFloatBuffer().put(h.states(), 0, floats);
        out.write(block, 0, floats * Float.BYTES);
    }

    private static void writeHeader(InterestHistory h, DataOutput out) throws IOException {
        String[] names = h.fieldNames();
        Bytes.writeVarLong(names.length, out);
        for (String name : names) {
            out.writeUTF(name);
        }
        Bytes.writeVarLong(h.hidden(), out);
        Bytes.writeVarLong(h.maxLength(), out);
        Bytes.writeVarLong(h.limit(), out);
        Bytes.writeVarLong(h.placed(), out);
        out.writeLong(h.floorTimestamp());
        write(h.floorKey(), out);
        out.writeLong(h.erasedThrough());
    }

    /** A number's second half is 0. */
    private static void write(EventKey key, DataOutput out) throws IOException {
        out.writeLong(key.high());
        if (key.high() < 0) {
            out.writeLong(key.low());
        }
    }

    private static EventKey readKey(DataInput in) throws IOException {
        long high = in.readLong();
        return new EventKey(high, high < 0 ? in.readLong() : 0);
    }

    InterestHistory readBody(DataInput in) throws IOException {
        String[] names = readNames(in);
        int hidden = Bytes.readVarInt(in);
        int maxLength = Bytes.readVarInt(in);
        InterestHistory h = new InterestHistory(names, hidden, maxLength, Bytes.readVarInt(in));
        long placed = Bytes.readVarLong(in);
        h.setFloor(in.readLong(), readKey(in));
        h.setErasedThrough(in.readLong());
        int size = Bytes.readVarInt(in);
        long[] times = readTimes(size, in);
        EventKey[] keys = new EventKey[size];
        for (int t = 0; t < size; t++) {
            keys[t] = readKey(in);
        }
        int[] rows = readRows(size * names.length, in);
        byte[][] values = readValues(size, in);
        restore(h, keys, times, rows, values, otherFields.read(size, in));
        h.setPlaced(placed);
        readStates(h, in);
        return h;
    }

    /** One that layouts before this had, from behind the layout byte. */
    InterestHistory readEarlier(byte layout, DataInput in) throws IOException {
        if (layout != WITHOUT_CHECKSUM && layout != WITHOUT_ERASURES) {
            throw new IOException(
                    "interest history of unknown layout "
                            + layout
                            + ": of a newer release, or damaged");
        }
        String[] names = readNames(in);
        int hidden = Bytes.readVarInt(in);
        InterestHistory h = new InterestHistory(names, hidden, Bytes.readVarInt(in));
        h.setFloor(in.readLong(), new EventKey(in.readLong(), 0));
        if (layout != WITHOUT_ERASURES) {
            h.setErasedThrough(in.readLong());
        }
        int size = Bytes.readVarInt(in);
        long[] times = readTimes(size, in);
        EventKey[] keys = new EventKey[size];
        for (int t = 0; t < size; t++) {
            keys[t] = new EventKey(in.readLong(), 0);
        }
        int[] rows = readRows(size * names.length, in);
        OtherFields[] none = new OtherFields[size];
        Arrays.fill(none, OtherFields.NONE);
        restore(h, keys, times, rows, readValues(size, in), none);
        // what had been placed before has gone; from here the rule goes on as it would have
        h.setPlaced(size);
        readStates(h, in);
        return h;
    }

    private static String[] readNames(DataInput in) throws IOException {
        String[] names = new String[Bytes.readVarInt(in)];
        for (int f = 0; f < names.length; f++) {
            names[f] = in.readUTF().intern();
        }
        return names;
    }

    private static long[] readTimes(int size, DataInput in) throws IOException {
        long[] times = new long[size];
        for (int t = 0; t < size; t++) {
            times[t] = t == 0 ? in.readLong() : times[t - 1] + Bytes.readVarLong(in);
        }
        return times;
    }

    private static int[] readRows(int count, DataInput in) throws IOException {
        int[] rows = new int[count];
        for (int i = 0; i < count; i++) {
            rows[i] = Bytes.readVarInt(in);
        }
        return rows;
    }

    private static byte[][] readValues(int size, DataInput in) throws IOException {
        byte[][] values = new byte[size][];
        for (int t = 0; t < size; t++) {
            values[t] = Bytes.read(in);
        }
        return values;
    }

    private static void restore(
            InterestHistory h,
            EventKey[] keys,
            long[] times,
            int[] rows,
            byte[][] values,
            OtherFields[] others) {
        int fields = h.fieldNames().length;
        for (int t = 0; t < keys.length; t++) {
            int[] row = Arrays.copyOfRange(rows, t * fields, (t + 1) * fields);
            h.restore(new Behavior(keys[t], keys[t].high(), times[t], row, values[t], others[t]));
        }
    }

    private void readStates(InterestHistory h, DataInput in) throws IOException {
        int floats = h.size() * h.hidden();
        in.readFully(block(floats * Float.BYTES), 0, floats * Float.BYTES);
        ByteBuffer.wrap(block).asFloatBuffer().get(h.states(), 0, floats);
    }

    private byte[] block(int bytes) {
        if (block.length < bytes) {
            block = new byte[bytes];
        }
        return block;
    }
}
