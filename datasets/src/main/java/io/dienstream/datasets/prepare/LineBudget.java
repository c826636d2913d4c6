package io.dienstream.datasets.prepare;

import io.dienstream.datasets.log.BadLines;
import java.io.IOException;
import java.nio.file.Path;

/** How many bad lines are put up with. */
public final class LineBudget {
    private static final long ALWAYS_FORGIVEN = 20;
    private static final long CHECK_EVERY = 1000;

    private final BadLines bad;
    private final double share;
    private long lines;

    /**
     * @param share of all lines that may be bad
     */
    LineBudget(BadLines bad, double share) {
        this.bad = bad;
        this.share = share;
    }

    void line() throws IOException {
        if (lines > 0 && lines % CHECK_EVERY == 0) {
            check();
        }
        lines++;
    }

    void refuse(Path file, long number, String reason) {
        bad.refuse(file, number, reason);
    }

    /**
     * @throws IOException where more lines were bad than may be
     */
    void check() throws IOException {
        if (bad.count() > ALWAYS_FORGIVEN && bad.count() > share * lines) {
            throw new IOException(
                    "%,d of %,d lines were refused, more than the share of %s that --max-bad-lines allows: is it the right file?"
                            .formatted(bad.count(), lines, share));
        }
    }

    long refused() {
        return bad.count();
    }
}
