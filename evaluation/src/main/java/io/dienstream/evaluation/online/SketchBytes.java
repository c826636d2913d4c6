package io.dienstream.evaluation.online;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A {@link LogitSketch} as bytes: version 1, the number of bins that hold something, and for each
 * its distance to the one before, the weight of its clicks and that of its non-clicks. Numbers are
 * unsigned LEB128. A weight that is a whole number w is 2 w, any other 1 and then its 8 bytes:
 * weights are nearly always whole, as nearly nothing that is measured was sampled.
 */
public final class SketchBytes {
    private static final int VERSION = 1;
    private static final int DIGITS = 7;
    private static final int MORE = 1 << DIGITS;

    /** Whole numbers up to here are doubles without loss. */
    private static final double LARGEST_WHOLE = 1L << 53;

    private SketchBytes() {}

    /** The bytes of {@code sketch}. */
    public static byte[] write(LogitSketch sketch) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(sketch, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /**
     * The inverse of {@link #write}.
     *
     * @throws IOException where the bytes are none of a sketch, or of a version that is not known
     */
    public static LogitSketch read(byte[] bytes) throws IOException {
        return read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    static void write(LogitSketch sketch, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        writeWhole(sketch.occupied(), out);
        int[] last = {0};
        sketch.forEach(
                (bin, positive, negative) -> {
                    try {
                        writeWhole(bin - last[0], out);
                        writeWeight(positive, out);
                        writeWeight(negative, out);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    last[0] = bin;
                });
    }

    static LogitSketch read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException(
                    "sketch of version %d, this release reads %d".formatted(version, VERSION));
        }
        long count = readWhole(in);
        LogitSketch sketch = new LogitSketch();
        long bin = 0;
        for (long i = 0; i < count; i++) {
            long step = readWhole(in);
            bin += step;
            if (step < 0 || bin < 0 || bin >= LogitSketch.BINS || (i > 0 && step == 0)) {
                throw new IOException("sketch with bin " + bin + " of " + LogitSketch.BINS);
            }
            sketch.add((int) bin, readWeight(in), readWeight(in));
        }
        return sketch;
    }

    private static void writeWeight(double weight, DataOutput out) throws IOException {
        boolean whole = weight >= 0 && weight < LARGEST_WHOLE && weight == Math.rint(weight);
        writeWhole(whole ? (long) weight << 1 : 1, out);
        if (!whole) {
            out.writeDouble(weight);
        }
    }

    private static double readWeight(DataInput in) throws IOException {
        long whole = readWhole(in);
        double weight = whole == 1 ? in.readDouble() : whole >>> 1;
        if (!Double.isFinite(weight) || (whole != 1 && (whole & 1) == 1)) {
            throw new IOException("sketch with weight " + weight);
        }
        return weight;
    }

    private static void writeWhole(long value, DataOutput out) throws IOException {
        long left = value;
        while (left >= MORE) {
            out.writeByte((int) (left % MORE + MORE));
            left /= MORE;
        }
        out.writeByte((int) left);
    }

    private static long readWhole(DataInput in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += DIGITS) {
            int b = in.readUnsignedByte();
            value |= (long) (b % MORE) << shift;
            if (b < MORE) {
                return value;
            }
        }
        throw new IOException("sketch with a number that does not end");
    }
}
