package io.dienstream.datasets.log;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Opens text files, gzipped or plain, by content rather than name. */
public final class LogFiles {
    private static final int GZIP_MAGIC_1 = 0x1f;
    private static final int GZIP_MAGIC_2 = 0x8b;
    private static final int BUFFER = 1 << 16;

    private LogFiles() {}

    /** Reads {@code file} as UTF-8 text. */
    public static BufferedReader open(Path file) throws IOException {
        return new BufferedReader(
                new InputStreamReader(bytes(file), StandardCharsets.UTF_8), BUFFER);
    }

    /** What {@code file} holds; a {@link GZIPInputStream} where it is gzipped. */
    static InputStream bytes(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        in.mark(2);
        boolean gzip = in.read() == GZIP_MAGIC_1 && in.read() == GZIP_MAGIC_2;
        in.reset();
        return gzip ? new GZIPInputStream(in, BUFFER) : in;
    }
}
