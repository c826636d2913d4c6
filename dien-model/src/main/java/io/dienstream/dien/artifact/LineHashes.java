package io.dienstream.dien.artifact;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The hashes of a vocabulary's lines in their order, gone through from the first on as often as it
 * takes: on the heap, or, where they are many, in a file without a name. That file is read and
 * written a block at a time and not mapped: what is mapped stays until a collection finds it, and
 * these are of no use once the index is filled.
 */
final class LineHashes implements Closeable {
    /** Hashes of a block: 64 KiB. */
    private static final int BLOCK = 1 << 13;

    private final Path vocabulary;
    private final long most;
    private final Path copies;

    /** All of them, or the block that is being written or read. */
    private final long[] block;

    /** Null where all are on the heap. */
    private final FileChannel file;

    private final ByteBuffer bytes;

    /** In the block: the next place, and one past the last. */
    private int at;

    private int end;

    /** Hashes, and those of them in blocks that were written or read. */
    private long count;

    private long done;
    private boolean isRead;

    /**
     * @param vocabulary that the lines are of, for messages
     * @param most there can be, no more than an {@code int} counts
     * @throws IOException naming the vocabulary where there is no place for them
     */
    LineHashes(Path vocabulary, long most, ArtifactContents.Limits limits) throws IOException {
        this.vocabulary = vocabulary;
        this.most = most;
        copies = limits.copies();
        boolean isOnHeap = most * Long.BYTES <= limits.mostOnHeap();
        block = new long[isOnHeap ? (int) Math.max(1, most) : BLOCK];
        end = block.length;
        try {
            file = isOnHeap ? null : FileBytes.empty(most * Long.BYTES, copies);
        } catch (IOException e) {
            throw noPlace(e);
        }
        bytes =
                isOnHeap
                        ? null
                        : ByteBuffer.allocate(BLOCK * Long.BYTES).order(ByteOrder.nativeOrder());
    }

    private IOException noPlace(IOException e) {
        String what =
                "the hashes of its ids, %d bytes, cannot be written".formatted(most * Long.BYTES);
        return FileBytes.noPlace(vocabulary, what, copies, e);
    }

    /** Takes the next line's, before the first {@link #rewind}. */
    void add(long hash) throws IOException {
        if (at == end) {
            write();
        }
        block[at++] = hash;
        count++;
    }

    private void write() throws IOException {
        bytes.clear().asLongBuffer().put(block, 0, at);
        bytes.limit(at * Long.BYTES);
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes, done * Long.BYTES + bytes.position());
            }
        } catch (IOException e) {
            throw noPlace(e);
        }
        done += at;
        at = 0;
    }

    /** Goes back to the first line. */
    void rewind() throws IOException {
        if (file == null) {
            at = 0;
            return;
        }
        if (!isRead) {
            write();
            isRead = true;
        }
        done = 0;
        at = 0;
        end = 0;
    }

    /** How many were added. */
    int count() {
        return (int) count;
    }

    /** The next line's, of as many as were added. */
    long next() throws IOException {
        if (at == end) {
            read();
        }
        return block[at++];
    }

    private void read() throws IOException {
        end = (int) Math.min(block.length, count - done);
        bytes.clear().limit(end * Long.BYTES);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, done * Long.BYTES + bytes.position()) < 0) {
                throw new EOFException("a temporary file was cut off");
            }
        }
        bytes.flip().asLongBuffer().get(block, 0, end);
        done += end;
        at = 0;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
