package io.dienstream.dien.file;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file being written whose errors name it: of a disk that is full the system says only that it
 * is, and a command writes to several. For files of a directory that takes its name when all of
 * them are there; one that stands alone is a {@link CompleteFile}.
 */
public final class NamedOutput extends FilterOutputStream {
    private static final int BUFFER = 1 << 13;

    private final Path file;

    /**
     * @param out to {@code file}
     */
    NamedOutput(Path file, OutputStream out) {
        super(out);
        this.file = file;
    }

    /**
     * Begins {@code file} anew.
     *
     * @return buffered; what is held back is written by a flush or the close, whose error is thrown
     * @throws IOException naming the file where it cannot be opened
     */
    public static OutputStream open(Path file) throws IOException {
        return open(file, BUFFER);
    }

    /**
     * Likewise.
     *
     * @param buffer bytes that are held back at the most
     */
    public static OutputStream open(Path file, int buffer) throws IOException {
        return new BufferedOutputStream(new NamedOutput(file, Files.newOutputStream(file)), buffer);
    }

    /** Likewise, for UTF-8 text. */
    public static Writer writer(Path file) throws IOException {
        return new BufferedWriter(new OutputStreamWriter(open(file), StandardCharsets.UTF_8));
    }

    /** Writes a whole text in UTF-8. */
    public static void write(Path file, String text) throws IOException {
        try (Writer out = writer(file)) {
            out.write(text);
        }
    }

    /** What is thrown where {@code file} cannot be written, for {@code cause}. */
    static IOException unwritable(Path file, IOException cause) {
        return new IOException(file + " cannot be written: " + cause.getMessage(), cause);
    }

    @Override
    public void write(int b) throws IOException {
        try {
            out.write(b);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    @Override
    public void write(byte[] bytes, int from, int n) throws IOException {
        try {
            out.write(bytes, from, n);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** A file system of the network tells only now what it could not write. */
    @Override
    public void close() throws IOException {
        try {
            out.close();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }
}
