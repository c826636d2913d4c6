package io.dienstream.datasets.erase;

import io.dienstream.datasets.log.BadLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Users taken out of one file, or one data set: first written beside it and checked, then put in
 * its place. Closed before that, it has changed nothing.
 */
public interface FileErasure extends AutoCloseable {
    /** What was found. */
    record Counts(long all, long removed) {}

    /** Reads what names the requests of the erased users. */
    void learn(ErasedUsers erased) throws IOException;

    /** Reads which of these requests are of other users too. */
    void doubt(ErasedUsers erased) throws IOException;

    /**
     * Writes what stays, and reads it again.
     *
     * @throws IOException where that cannot be told from what goes
     */
    Counts prepare(ErasedUsers erased) throws IOException;

    /**
     * Puts it in its place, where anything goes; once, after {@link #prepare}.
     *
     * @throws IOException where the file has changed in between
     */
    void commit() throws IOException;

    @Override
    void close() throws IOException;

    /**
     * For whatever {@code path} is.
     *
     * @param bad hears of lines that name nobody; they stay
     * @throws IOException where it is nothing that users can be taken out of
     */
    static FileErasure of(Path path, BadLines bad) throws IOException {
        if (Files.isDirectory(path)) {
            return new DatasetErasure(path);
        }
        byte[] magic;
        try (InputStream in = Files.newInputStream(path)) {
            magic = in.readNBytes(4);
        }
        if (Arrays.equals(magic, "PAR1".getBytes(StandardCharsets.US_ASCII))) {
            throw new IOException(
                    path + " is Parquet: write it again with what wrote it, without these users");
        }
        return Arrays.equals(magic, new byte[] {'O', 'b', 'j', 1})
                ? new ContainerErasure(path)
                : new LogErasure(path, bad);
    }
}
