package io.dienstream.datasets.erase;

import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LineOwner;
import io.dienstream.datasets.log.RawLines;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Lines of text, gzipped or plain. Those that stay do so byte by byte; those that say nothing
 * usable stay too, and are told.
 */
final class LogErasure implements FileErasure {
    private final Path file;
    private final BadLines bad;
    private Replacement replacement;
    private boolean changes;

    LogErasure(Path file, BadLines bad) {
        this.file = file;
        this.bad = bad;
    }

    @Override
    public void learn(ErasedUsers erased) throws IOException {
        forEachOwner(erased::learn);
    }

    @Override
    public void doubt(ErasedUsers erased) throws IOException {
        if (erased.hasRequests()) {
            forEachOwner(erased::doubt);
        }
    }

    private interface OwnerConsumer {
        void accept(LineOwner owner);
    }

    private void forEachOwner(OwnerConsumer consumer) throws IOException {
        try (RawLines lines = new RawLines(file)) {
            while (lines.next()) {
                String line = lines.text();
                try {
                    if (!line.isBlank()) {
                        consumer.accept(LineOwner.of(line));
                    }
                } catch (LineException e) {
                    // told when the file is written
                }
            }
        }
    }

    @Override
    public Counts prepare(ErasedUsers erased) throws IOException {
        replacement = new Replacement(file);
        long all = 0;
        long removed = 0;
        try (RawLines lines = new RawLines(file);
                OutputStream out = RawLines.output(replacement.temporary(), lines.isGzip())) {
            while (lines.next()) {
                all++;
                if (goes(lines.text(), all, erased)) {
                    removed++;
                } else {
                    out.write(lines.bytes());
                }
            }
        }
        check(all - removed, erased);
        changes = removed > 0;
        return new Counts(all, removed);
    }

    private boolean goes(String line, long number, ErasedUsers erased) throws IOException {
        if (line.isBlank()) {
            return false;
        }
        try {
            return erased.covers(LineOwner.of(line), file);
        } catch (LineException e) {
            bad.refuse(file, number, e.getMessage() + "; the line stays");
            return false;
        }
    }

    private void check(long kept, ErasedUsers erased) throws IOException {
        long found = 0;
        try (RawLines lines = new RawLines(replacement.temporary())) {
            while (lines.next()) {
                found++;
                String line = lines.text();
                try {
                    if (!line.isBlank() && erased.covers(LineOwner.of(line), file)) {
                        throw new IOException("an erased line is still in the copy of " + file);
                    }
                } catch (LineException e) {
                    // told above
                }
            }
        }
        if (found != kept) {
            throw new IOException(
                    "%d lines of %s were to stay, its copy has %d".formatted(kept, file, found));
        }
    }

    @Override
    public void commit() throws IOException {
        if (changes) {
            replacement.commit();
        }
    }

    @Override
    public void close() throws IOException {
        if (replacement != null) {
            replacement.close();
        }
    }
}
