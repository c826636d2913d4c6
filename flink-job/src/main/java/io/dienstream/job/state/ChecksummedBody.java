package io.dienstream.job.state;

import io.dienstream.job.record.Bytes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What comes after the layout byte of a stored value, with a checksum before it that is compared
 * before a byte of it is believed:
 *
 * <pre>
 * +-----------------+-------------------+---------------------+------+
 * | v 2^34 + length | ~length as an u32 | CRC32C of what      | body |
 * | (five bytes)    |                   | identifies and body |      |
 * +-----------------+-------------------+---------------------+------+
 * </pre>
 *
 * <p>Layouts before had a number of fields or of keys in the place of the length, and none reads
 * one that is larger than an int: so a layout byte that has become an earlier one is found as well.
 * The length stands twice because it is what memory is taken by.
 */
final class ChecksummedBody {
    private static final long MARK = 1L << 34;
    private static final int FIRST_CAPACITY = 512;

    private final DataOutputSerializer out = new DataOutputSerializer(FIRST_CAPACITY);
    private final DataInputDeserializer in = new DataInputDeserializer();
    private final ByteBuffer identity = ByteBuffer.allocate(2 * Long.BYTES);
    private final CRC32C crc = new CRC32C();
    private byte[] block = {};

    /** Where the body is to be written, before {@link #end}. */
    DataOutputView begin() {
        out.clear();
        return out;
    }

    /**
     * Writes what was written since {@link #begin}.
     *
     * @param first stands elsewhere in the value and is covered by the checksum
     * @param second likewise
     */
    void end(long first, long second, DataOutput to) throws IOException {
        byte[] bytes = out.getSharedBuffer();
        int length = out.length();
        Bytes.writeVarLong(MARK + length, to);
        to.writeInt(~length);
        to.writeInt(checksum(first, second, bytes, length));
        to.write(bytes, 0, length);
    }

    /**
     * The body as it was written; valid until the next call.
     *
     * @param first as given to {@link #end}
     * @param second likewise
     * @throws DamagedValueException where it is not what was written
     * @throws IOException where {@code from} cannot be read
     */
    DataInputView read(long first, long second, DataInput from) throws IOException {
        int length;
        int checksum;
        try {
            long marked = Bytes.readVarLong(from);
            length = ~from.readInt();
            if (length < 0 || marked != MARK + length) {
                throw new DamagedValueException("its length is damaged");
            }
            checksum = from.readInt();
            if (block.length < length) {
                block = new byte[length];
            }
            from.readFully(block, 0, length);
        } catch (EOFException e) {
            throw new DamagedValueException("it ends early");
        }
        if (checksum != checksum(first, second, block, length)) {
            throw new DamagedValueException(
                    "its checksum is not that of its %d bytes".formatted(length));
        }
        in.setBuffer(block, 0, length);
        return in;
    }

    private int checksum(long first, long second, byte[] bytes, int length) {
        identity.putLong(0, first).putLong(Long.BYTES, second);
        crc.reset();
        crc.update(identity.array(), 0, identity.capacity());
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
