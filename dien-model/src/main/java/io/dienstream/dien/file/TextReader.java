package io.dienstream.dien.file;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The lines of a UTF-8 text, whoever wrote it: gzipped or plain, which its content says and not its
 * name; with or without a byte order mark; its lines ended by a line feed, or by a carriage return
 * and a line feed. Reads pipes as well as files.
 */
public final class TextReader implements Closeable {
    private static final int GZIP_MAGIC_1 = 0x1f;
    private static final int GZIP_MAGIC_2 = 0x8b;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final int BUFFER = 1 << 16;
    private static final int FIRST_LINE_BYTES = 512;

    private final Path file;
    private final InputStream in;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    private byte[] line = new byte[FIRST_LINE_BYTES];
    private int length;
    private long number;

    private TextReader(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    /**
     * All lines of {@code file}, on the heap.
     *
     * @throws IOException naming the file where it is none, or not UTF-8
     */
    public static List<String> lines(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        try (TextReader reader = open(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        }
        return lines;
    }

    /**
     * @throws IOException naming the file where there is none, or it is a directory
     */
    public static TextReader open(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory, not a file");
        }
        // a channel's stream, as of Files.newInputStream, asks for its position, which pipes lack
        Source source = new Source(new FileInputStream(file.toFile()));
        try {
            source.mark(2);
            boolean gzip = source.read() == GZIP_MAGIC_1 && source.read() == GZIP_MAGIC_2;
            source.reset();
            return new TextReader(file, gzip ? new GZIPInputStream(source, BUFFER) : source);
        } catch (IOException e) {
            source.close();
            throw named(file, e);
        }
    }

    /**
     * The lines of bytes that are not gzipped.
     *
     * @param file for messages
     */
    public static TextReader of(Path file, InputStream in) {
        return new TextReader(file, in);
    }

    /**
     * The next line without its end, or null after the last.
     *
     * @throws MalformedTextException where the line is no UTF-8; the next one may be
     * @throws IOException naming the file where it is cut off, damaged or unreadable
     */
    public String readLine() throws IOException {
        try {
            if (!next()) {
                return null;
            }
        } catch (IOException e) {
            throw named(file, e);
        }
        number++;
        int start = number == 1 && startsWithMark() ? BYTE_ORDER_MARK.length : 0;
        try {
            return decoder.decode(ByteBuffer.wrap(line, start, length - start)).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedTextException(file, number, e);
        }
    }

    /** The number of the line that was read last, from 1. */
    public long number() {
        return number;
    }

    /** Gathers the bytes of a line; false where there is none left. */
    private boolean next() throws IOException {
        length = 0;
        while (at < end || refill()) {
            int stop = at;
            while (stop < end && buffer[stop] != '\n') {
                stop++;
            }
            append(at, stop);
            at = stop;
            if (stop < end) {
                at++;
                dropCarriageReturn();
                return true;
            }
        }
        boolean last = length > 0;
        dropCarriageReturn();
        return last;
    }

    private boolean refill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer, 0, BUFFER));
        return end > 0;
    }

    private void append(int from, int to) {
        int n = to - from;
        if (length + n > line.length) {
            line = Arrays.copyOf(line, Math.max(2 * line.length, length + n));
        }
        System.arraycopy(buffer, from, line, length, n);
        length += n;
    }

    private void dropCarriageReturn() {
        if (length > 0 && line[length - 1] == '\r') {
            length--;
        }
    }

    private boolean startsWithMark() {
        return length >= BYTE_ORDER_MARK.length
                && Arrays.equals(line, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, 3);
    }

    private static IOException named(Path file, IOException e) {
        boolean damaged = e instanceof EOFException || e instanceof ZipException;
        return new IOException(
                "%s %s: %s"
                        .formatted(
                                file,
                                damaged ? "is cut off or damaged" : "cannot be read",
                                e.getMessage()),
                e);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /**
     * The end of a gzip member is the end of the text unless more bytes are there, and for a pipe
     * whose writer is slow none are "available" although more will come.
     */
    private static final class Source extends BufferedInputStream {
        Source(InputStream in) {
            super(in, BUFFER);
        }

        @Override
        public synchronized int available() throws IOException {
            int ready = super.available();
            if (ready > 0) {
                return ready;
            }
            mark(1);
            boolean ended = read() < 0;
            reset();
            return ended ? 0 : 1;
        }
    }
}
