package io.dienstream.datasets.prepare;

import io.dienstream.datasets.log.BadLines;
import java.io.IOException;
import java.nio.file.Path;

/** How many bad lines are put up with in each file: a long one does not pay for a short one. */
public final class LineBudget {
    private static final long ALWAYS_FORGIVEN = 20;
    private static final long CHECK_EVERY = 1000;

    private final BadLines bad;
    private final double share;
    private Path file;
    private long lines;
    private long bads;

    /**
     * @param share of a file's lines that may be bad
     */
    LineBudget(BadLines bad, double share) {
        this.bad = bad;
        this.share = share;
    }

    /** The lines from here on are those of {@code next}. */
    void begin(Path next) {
        file = next;
        lines = 0;
        bads = 0;
    }

    void line() throws IOException {
        if (lines > 0 && lines % CHECK_EVERY == 0) {
            check();
        }
        lines++;
    }

    void refuse(long number, String reason) {
        bads++;
        bad.refuse(file, number, reason);
    }

    /**
     * @throws IOException where more of the file's lines were bad than may be
     */
    void check() throws IOException {
        if (bads > ALWAYS_FORGIVEN && bads > share * lines) {
            throw new IOException(
                    "%s: %,d of %,d lines were refused, more than the share of %s that --max-bad-lines allows: is it the right file?"
                            .formatted(file, bads, lines, share));
        }
    }

    /** In all files. */
    long refused() {
        return bad.count();
    }
}
