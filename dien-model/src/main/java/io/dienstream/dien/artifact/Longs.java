package io.dienstream.dien.artifact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Numbers of 64 bits: on the heap, or, where they are many, in a file without a name that is
 * mapped, see {@link FileBytes}. One thread fills them before others see them.
 */
final class Longs {
    private final ByteBuffer[] chunks;
    private final int bits;
    private final int mask;

    private Longs(ByteBuffer[] chunks, int bits) {
        this.chunks = chunks;
        this.bits = bits;
        this.mask = (1 << bits) - 1;
    }

    /**
     * @param count of zeros, at least 1
     * @throws IOException where the disk has no place for them
     */
    static Longs zeros(long count, ArtifactContents.Limits limits) throws IOException {
        long bytes = count * Long.BYTES;
        int chunkBits = limits.chunkBits();
        ByteBuffer[] chunks = new ByteBuffer[(int) (((bytes - 1) >>> chunkBits) + 1)];
        boolean isOnHeap = bytes <= limits.mostOnHeap();
        // what is mapped outlives the channel
        try (FileChannel file = isOnHeap ? null : FileBytes.zeros(bytes, limits.copies())) {
            for (int c = 0; c < chunks.length; c++) {
                long from = (long) c << chunkBits;
                int size = (int) Math.min(1L << chunkBits, bytes - from);
                ByteBuffer chunk =
                        isOnHeap
                                ? ByteBuffer.allocate(size)
                                : file.map(FileChannel.MapMode.READ_WRITE, from, size);
                chunks[c] = chunk.order(ByteOrder.nativeOrder());
            }
        }
        return new Longs(chunks, chunkBits - 3);
    }

    long get(long n) {
        return chunks[(int) (n >>> bits)].getLong(((int) n & mask) << 3);
    }

    void set(long n, long value) {
        chunks[(int) (n >>> bits)].putLong(((int) n & mask) << 3, value);
    }
}
