package io.dienstream.datasets.log;

import java.io.PrintWriter;
import java.nio.file.Path;

/** Counts lines that were refused and shows the first of them with number and reason. */
public final class BadLines {
    private static final int SHOWN = 20;

    private final PrintWriter err;
    private long count;

    public BadLines(PrintWriter err) {
        this.err = err;
    }

    /** Refuses line {@code number} (from 1) of {@code file}. */
    public void refuse(Path file, long number, String reason) {
        count++;
        if (count <= SHOWN) {
            err.printf("%s:%d: refused: %s%n", file, number, reason);
        } else if (count == SHOWN + 1) {
            err.println("further bad lines are only counted");
        }
        err.flush();
    }

    public long count() {
        return count;
    }
}
