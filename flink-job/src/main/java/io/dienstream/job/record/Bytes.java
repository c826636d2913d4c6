package io.dienstream.job.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Length-prefixed bytes and variable-length integers, as our serializers write them. */
public final class Bytes {
    private Bytes() {}

    /** Writes null as length 0, n bytes as length n + 1. */
    public static void write(byte[] bytes, DataOutput out) throws IOException {
        writeVarLong(bytes == null ? 0 : bytes.length + 1L, out);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    /** The inverse of {@link #write}. */
    public static byte[] read(DataInput in) throws IOException {
        int length = readVarInt(in);
        if (length == 0) {
            return null;
        }
        byte[] bytes = new byte[length - 1];
        in.readFully(bytes);
        return bytes;
    }

    /** Writes a text in UTF-8, or null. */
    public static void writeText(String text, DataOutput out) throws IOException {
        write(text == null ? null : text.getBytes(StandardCharsets.UTF_8), out);
    }

    /** The inverse of {@link #writeText}. */
    public static String readText(DataInput in) throws IOException {
        byte[] bytes = read(in);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** Unsigned LEB128. */
    public static void writeVarLong(long value, DataOutput out) throws IOException {
        while ((value & ~0x7fL) != 0) {
            out.writeByte((int) (value | 0x80));
            value >>>= 7;
        }
        out.writeByte((int) value);
    }

    /** Unsigned LEB128. */
    public static long readVarLong(DataInput in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte b = in.readByte();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IOException("malformed variable-length integer");
    }

    /** An unsigned LEB128 that must fit a non-negative int. */
    public static int readVarInt(DataInput in) throws IOException {
        long value = readVarLong(in);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new IOException("variable-length integer " + value + " is no length");
        }
        return (int) value;
    }
}
