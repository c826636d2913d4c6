package io.dienstream.datasets.log;

import io.dienstream.dien.file.NamedOutput;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The lines of a text file, gzipped or plain, with the bytes that each consists of. */
public final class RawLines implements Closeable {
    private static final int GZIP_MAGIC_1 = 0x1f;
    private static final int GZIP_MAGIC_2 = 0x8b;
    private static final int BUFFER = 1 << 16;

    private static final String MARK = "\uFEFF";

    private final InputStream in;
    private final boolean gzip;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long number;

    public RawLines(Path file) throws IOException {
        InputStream bytes = bytes(file);
        gzip = bytes instanceof GZIPInputStream;
        in = gzip ? new BufferedInputStream(bytes, BUFFER) : bytes;
    }

    /** What {@code file} holds; a {@link GZIPInputStream} where it is gzipped. */
    private static InputStream bytes(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        in.mark(2);
        boolean gzip = in.read() == GZIP_MAGIC_1 && in.read() == GZIP_MAGIC_2;
        in.reset();
        return gzip ? new GZIPInputStream(in, BUFFER) : in;
    }

    /** What writes such a file. */
    public static OutputStream output(Path file, boolean gzip) throws IOException {
        OutputStream out = NamedOutput.open(file, BUFFER);
        return gzip ? new GZIPOutputStream(out, BUFFER) : out;
    }

    public boolean isGzip() {
        return gzip;
    }

    /** Goes on to the next line; false at the end. */
    public boolean next() throws IOException {
        line.reset();
        number++;
        int b = in.read();
        while (b >= 0) {
            line.write(b);
            if (b == '\n') {
                return true;
            }
            b = in.read();
        }
        return line.size() > 0;
    }

    /** The line with its end. */
    public byte[] bytes() {
        return line.toByteArray();
    }

    /** The line without its end, and without a byte order mark before the first. */
    public String text() {
        String text = line.toString(StandardCharsets.UTF_8);
        text = number == 1 && text.startsWith(MARK) ? text.substring(MARK.length()) : text;
        int end = text.length();
        end -= end > 0 && text.charAt(end - 1) == '\n' ? 1 : 0;
        end -= end > 0 && text.charAt(end - 1) == '\r' ? 1 : 0;
        return text.substring(0, end);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
