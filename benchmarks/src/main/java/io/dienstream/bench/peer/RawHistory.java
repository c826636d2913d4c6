package io.dienstream.bench.peer;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A user's last behaviors in one compact value: for each its event time, ms, and the rows of its
 * fields, oldest first. 16 bytes a behavior of two fields.
 */
final class RawHistory {
    private final int fields;
    private final int width;

    /**
     * @param fields of a behavior
     */
    RawHistory(int fields) {
        this.fields = fields;
        width = Long.BYTES + fields * Integer.BYTES;
    }

    /** One behavior as bytes. */
    byte[] behavior(long time, int[] rows) {
        ByteBuffer bytes = ByteBuffer.allocate(width).putLong(time);
        for (int row : rows) {
            bytes.putInt(row);
        }
        return bytes.array();
    }

    /** How many behaviors {@code history} has; of null none. */
    int size(byte[] history) {
        return history == null ? 0 : history.length / width;
    }

    /** Event time of behavior {@code t}, ms. */
    long time(byte[] history, int t) {
        return ByteBuffer.wrap(history).getLong(t * width);
    }

    /** Row of field {@code f} of behavior {@code t}. */
    int row(byte[] history, int t, int f) {
        return ByteBuffer.wrap(history).getInt(t * width + Long.BYTES + f * Integer.BYTES);
    }

    /**
     * With one behavior more, in its place by time; of more than {@code most} the oldest leaves.
     *
     * @param history may be null
     */
    byte[] with(byte[] history, byte[] behavior, int most) {
        int size = size(history);
        int at = prefix(history, ByteBuffer.wrap(behavior).getLong(0));
        int gone = size < most ? 0 : size + 1 - most;
        byte[] grown = new byte[(size + 1 - gone) * width];
        if (at < gone) {
            return history; // older than everything that stays
        }
        int before = (at - gone) * width;
        if (history != null) {
            System.arraycopy(history, gone * width, grown, 0, before);
            System.arraycopy(history, at * width, grown, before + width, (size - at) * width);
        }
        System.arraycopy(behavior, 0, grown, before, width);
        return grown;
    }

    /** Without the behaviors at or before {@code time}; null where none is left. */
    byte[] after(byte[] history, long time) {
        int gone = prefix(history, time);
        return gone == size(history)
                ? null
                : Arrays.copyOfRange(history, gone * width, history.length);
    }

    /** How many of the oldest behaviors a request at {@code time} sees. */
    int prefix(byte[] history, long time) {
        int t = size(history);
        while (t > 0 && time(history, t - 1) > time) {
            t--;
        }
        return t;
    }

    /** One value of behaviors that are kept one by one. */
    byte[] join(List<byte[]> behaviors) {
        ByteBuffer joined = ByteBuffer.allocate(behaviors.size() * width);
        behaviors.forEach(joined::put);
        return joined.array();
    }

    /** Writes the rows of behavior {@code t}. */
    void writeRows(byte[] history, int t, ByteBuf to) {
        to.writeBytes(history, t * width + Long.BYTES, width - Long.BYTES);
    }

    /** Writes the first {@code steps} behaviors to a graph. */
    void write(byte[] history, int steps, OnnxGraph to) {
        ByteBuffer bytes = history == null ? null : ByteBuffer.wrap(history);
        for (int t = 0; t < steps; t++) {
            int at = t * width + Long.BYTES;
            for (int f = 0; f < fields; f++) {
                to.behavior(f, t, bytes.getInt(at + f * Integer.BYTES));
            }
        }
    }
}
