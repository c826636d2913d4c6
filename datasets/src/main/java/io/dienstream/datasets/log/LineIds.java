package io.dienstream.datasets.log;

import io.dienstream.dien.model.Murmur3;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Ids for the lines or rows of a file that bring none: a number made of the file's real path and
 * the line's number. Lines of one file keep their order among equal times, no two files of a run
 * share an id, and the same file has the same ids in the next run, alone or with others. A file
 * that is moved has others: a log that has to survive that brings its own ids.
 *
 * <p>The number is {@code path's 27 bits << 32 | line}. It has at most 18 decimal digits, as {@link
 * io.dienstream.dien.history.EventKey} wants of numbers that keep their order.
 */
public final class LineIds implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int LINE_BITS = 32;
    private static final long FILES = 1L << 27;

    /** The first number that is no line's of any file. */
    static final long END = FILES << LINE_BITS;

    private final long file;

    private LineIds(long file) {
        this.file = file;
    }

    /** Of the only file of a run. */
    public static LineIds of(Path file) throws IOException {
        return new LineIds(hash(file));
    }

    /**
     * Of all files of a run, in their order.
     *
     * @throws IOException where one is given twice: its lines would count twice
     */
    public static List<LineIds> ofAll(List<Path> files) throws IOException {
        Set<Path> paths = new HashSet<>();
        Set<Long> taken = new HashSet<>();
        List<LineIds> ids = new ArrayList<>();
        for (Path file : files) {
            if (Files.isRegularFile(file) && !paths.add(file.toRealPath())) {
                throw new IOException(file + " is given twice");
            }
            long number = hash(file);
            while (!taken.add(number)) {
                number = (number + 1) % FILES; // one pair of files in 134 million
            }
            ids.add(new LineIds(number));
        }
        return ids;
    }

    private static long hash(Path file) throws IOException {
        // the real path of a pipe that has no name is none that can be looked up
        Path real = Files.isRegularFile(file) ? file.toRealPath() : file.toAbsolutePath();
        byte[] path = real.toString().getBytes(StandardCharsets.UTF_8);
        return Long.remainderUnsigned(Murmur3.hash64(path), FILES);
    }

    /**
     * The id of a line.
     *
     * @param line from 1
     */
    public long of(long line) {
        return file << LINE_BITS | line;
    }
}
