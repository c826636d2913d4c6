package io.dienstream.job.state;

import io.dienstream.dien.history.InterestHistory;
import io.dienstream.job.record.Bytes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An {@link InterestHistory} as bytes. Layout 2, v = unsigned LEB128, L, F, H, T as in the model:
 *
 * <pre>
 * +--------+-----+-------------+-----+-----+------------------------+-----+
 * | layout | v F | F names UTF | v H | v L | floor time u64, key u64 | v T |
 * +--------+-----+-------------+-----+-----+------------------------+-----+
 * | erased through u64                                                     |
 * | T times: first u64, then v differences | T event keys u64             |
 * | T * F rows v | T * (v length + 1, raw field values) | T * H float32    |
 * +------------------------------------------------------------------------+
 * </pre>
 *
 * With H = 36, two fields and 10-byte ids that is about 175 bytes a behavior, 144 of them the
 * interest state. Old layouts stay readable, the first byte decides: layout 1 had no erasures.
 */
final class InterestHistoryCodec {
    static final byte LAYOUT = 2;
    private static final byte LAYOUT_WITHOUT_ERASURES = 1;

    private byte[] block = new byte[0];

    void write(InterestHistory h, DataOutput out) throws IOException {
        out.writeByte(LAYOUT);
        String[] names = h.fieldNames();
        Bytes.writeVarLong(names.length, out);
        for (String name : names) {
            out.writeUTF(name);
        }
        Bytes.writeVarLong(h.hidden(), out);
        Bytes.writeVarLong(h.maxLength(), out);
        out.writeLong(h.floorTimestamp());
        out.writeLong(h.floorKey());
        out.writeLong(h.erasedThrough());
        int size = h.size();
        Bytes.writeVarLong(size, out);
        for (int t = 0; t < size; t++) {
            if (t == 0) {
                out.writeLong(h.timestamp(0));
            } else {
                Bytes.writeVarLong(h.timestamp(t) - h.timestamp(t - 1), out);
            }
        }
        for (int t = 0; t < size; t++) {
            out.writeLong(h.eventKey(t));
        }
        for (int i = 0; i < size * names.length; i++) {
            Bytes.writeVarLong(h.rows()[i], out);
        }
        for (int t = 0; t < size; t++) {
            Bytes.write(h.values(t), out);
        }
        int floats = size * h.hidden();
        ByteBuffer.wrap(block(floats * Float.BYTES)).asFloatBuffer().put(h.states(), 0, floats);
        out.write(block, 0, floats * Float.BYTES);
    }

    InterestHistory read(DataInput in) throws IOException {
        byte layout = in.readByte();
        if (layout != LAYOUT && layout != LAYOUT_WITHOUT_ERASURES) {
            throw new IOException("interest history of unknown layout " + layout);
        }
        String[] names = new String[Bytes.readVarInt(in)];
        for (int f = 0; f < names.length; f++) {
            names[f] = in.readUTF().intern();
        }
        int hidden = Bytes.readVarInt(in);
        InterestHistory h = new InterestHistory(names, hidden, Bytes.readVarInt(in));
        h.setFloor(in.readLong(), in.readLong());
        if (layout != LAYOUT_WITHOUT_ERASURES) {
            h.setErasedThrough(in.readLong());
        }
        int size = Bytes.readVarInt(in);
        long[] times = new long[size];
        for (int t = 0; t < size; t++) {
            times[t] = t == 0 ? in.readLong() : times[t - 1] + Bytes.readVarLong(in);
        }
        long[] keys = new long[size];
        for (int t = 0; t < size; t++) {
            keys[t] = in.readLong();
        }
        int[] rows = new int[size * names.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Bytes.readVarInt(in);
        }
        for (int t = 0; t < size; t++) {
            int[] row = Arrays.copyOfRange(rows, t * names.length, (t + 1) * names.length);
            h.restore(keys[t], times[t], row, Bytes.read(in));
        }
        int floats = size * hidden;
        in.readFully(block(floats * Float.BYTES), 0, floats * Float.BYTES);
        ByteBuffer.wrap(block).asFloatBuffer().get(h.states(), 0, floats);
        return h;
    }

    private byte[] block(int bytes) {
        if (block.length < bytes) {
            block = new byte[bytes];
        }
        return block;
    }
}
