package io.dienstream.dien.artifact;

import io.dienstream.dien.file.Pace;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The bytes of a file as they were read, once, and hashed: small ones on the heap, large ones in a
 * copy on disk that has no name. What is mapped of the copy stays mapped after {@link #close}, and
 * the system takes its disk space back with the last mapping, whatever ends the process.
 */
final class FileBytes implements AutoCloseable {
    /** Above it bytes are mapped: the heap of a process that scores is needed for other things. */
    static final long MOST_ON_HEAP = 16 << 20;

    private static final int BLOCK = 1 << 20;
    private static final Set<OpenOption> NAMELESS =
            Set.of(
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    // POSIX systems remove the name as soon as it is open, Windows when it closes
                    StandardOpenOption.DELETE_ON_CLOSE);

    private final long size;
    private final ByteBuffer heap;
    private final FileChannel channel;

    private FileBytes(long size, ByteBuffer heap, FileChannel channel) {
        this.size = size;
        this.heap = heap;
        this.channel = channel;
    }

    /** Bytes that were read already, on the heap. */
    static FileBytes of(byte[] bytes) {
        return new FileBytes(bytes.length, ByteBuffer.wrap(bytes), null);
    }

    /** A file that nobody changes, left where it is. */
    static FileBytes inPlace(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        return new FileBytes(channel.size(), null, channel);
    }

    /**
     * Copies what {@code from} holds.
     *
     * @param file that it is, for messages
     * @param digests of its bytes, updated
     */
    static FileBytes copy(
            SeekableByteChannel from,
            Path file,
            ArtifactContents.Limits limits,
            List<MessageDigest> digests)
            throws IOException {
        long size = from.size();
        Path temporary = limits.copies();
        if (size <= limits.mostOnHeap()) {
            ByteBuffer heap = ByteBuffer.allocate(Math.toIntExact(size));
            fill(heap, from, file);
            digests.forEach(d -> d.update(heap.array()));
            return new FileBytes(size, heap.flip(), null);
        }
        FileChannel copy = null;
        try {
            copy = empty(size, temporary);
            copy(from, file, copy, limits.pace(), digests);
            return new FileBytes(size, null, copy);
        } catch (IOException e) {
            if (copy != null) {
                copy.close();
            }
            if (e instanceof ArtifactException) {
                throw e;
            }
            throw noPlace(file, "its %d bytes cannot be copied".formatted(size), temporary, e);
        }
    }

    /**
     * @param file that was read
     * @param what cannot be put into {@code temporary}, and mapped from there
     */
    static IOException noPlace(Path file, String what, Path temporary, IOException cause) {
        return new IOException(
                ("%s: %s to %s, from where they would be mapped: %s; name another directory by"
                                + " model.copy-directory (a job) or -Djava.io.tmpdir")
                        .formatted(file, what, temporary, cause.getMessage()),
                cause);
    }

    /**
     * A file without a name that holds zeros, to be mapped and written to. They are written: in a
     * hole, a disk that is full would be found by whoever touches the memory, and end the process.
     */
    static FileChannel zeros(long bytes, Path temporary) throws IOException {
        FileChannel file = empty(bytes, temporary);
        try {
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            for (long left = bytes; left > 0; left -= block.limit()) {
                block.clear().limit((int) Math.min(left, BLOCK));
                write(block, file);
            }
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** A file without a name, for {@code bytes} to come. */
    static FileChannel empty(long bytes, Path temporary) throws IOException {
        requireSpace(bytes, temporary);
        return nameless(temporary);
    }

    private static void requireSpace(long size, Path directory) throws IOException {
        long free = directory.toFile().getUsableSpace(); // 0 where the system does not say
        if (free > 0 && free < size) {
            throw new IOException("only " + free + " bytes are free there");
        }
    }

    private static FileChannel nameless(Path directory) throws IOException {
        Path name = directory.resolve("dien-model-" + UUID.randomUUID());
        if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return FileChannel.open(name, NAMELESS);
        }
        return FileChannel.open(
                name,
                NAMELESS,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private static void copy(
            SeekableByteChannel from,
            Path file,
            FileChannel to,
            Pace pace,
            List<MessageDigest> digests)
            throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (long left = from.size(); left > 0; left -= block.limit()) {
            block.clear().limit((int) Math.min(left, BLOCK));
            fill(block, from, file);
            digests.forEach(d -> d.update(block.array(), 0, block.limit()));
            write(block.flip(), to);
            pace.rest();
        }
    }

    private static void write(ByteBuffer block, FileChannel to) throws IOException {
        while (block.hasRemaining()) {
            to.write(block);
        }
    }

    private static void fill(ByteBuffer buffer, SeekableByteChannel from, Path file)
            throws IOException {
        while (buffer.hasRemaining()) {
            if (from.read(buffer) < 0) {
                throw new ArtifactException(file, "was cut off while it was read");
            }
        }
    }

    long size() {
        return size;
    }

    boolean isMapped() {
        return channel != null;
    }

    /** Whether one of the bytes is zero. */
    boolean holdsZero() throws IOException {
        ByteBuffer block = ByteBuffer.allocate((int) Math.min(BLOCK, size));
        for (long at = 0; at < size; at += block.limit()) {
            block.clear().limit((int) Math.min(BLOCK, size - at));
            copy(at, block);
            for (int n = 0; n < block.limit(); n++) {
                if (block.get(n) == 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Fills {@code to} with copies of the bytes from {@code position} on, which are there. */
    void copy(long position, ByteBuffer to) throws IOException {
        if (heap != null) {
            to.put(heap.slice((int) position, to.remaining()));
        } else {
            long at = position;
            while (to.hasRemaining()) {
                int bytes = channel.read(to, at);
                if (bytes < 0) {
                    throw new EOFException("the file was cut off while it was read");
                }
                at += bytes;
            }
        }
        to.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Likewise, of numbers. */
    void copy(long position, float[] to) throws IOException {
        ByteBuffer block =
                ByteBuffer.allocate((int) Math.min(BLOCK, to.length * (long) Float.BYTES));
        for (int at = 0; at < to.length; at += block.limit() / Float.BYTES) {
            block.clear().limit((int) Math.min(BLOCK, (to.length - at) * (long) Float.BYTES));
            copy(position + (long) at * Float.BYTES, block);
            block.asFloatBuffer().get(to, at, block.limit() / Float.BYTES);
        }
    }

    /**
     * The bytes [position, position + bytes) where they lie, little-endian, not to be written. What
     * is mapped keeps the whole copy until it is collected: only for what is looked at for long.
     */
    ByteBuffer slice(long position, int bytes) throws IOException {
        ByteBuffer slice =
                heap != null
                        ? heap.slice((int) position, bytes)
                        : channel.map(FileChannel.MapMode.READ_ONLY, position, bytes);
        return slice.order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
