package io.dienstream.datasets.log;

import io.dienstream.dien.file.MalformedTextException;
import io.dienstream.dien.file.TextReader;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The lines of a text file that are not blank, with their numbers. Every log of lines is read here,
 * so that all agree on what a line is and on which are bad.
 */
public final class TextLines {
    private TextLines() {}

    /** What takes a line. */
    @FunctionalInterface
    public interface Consumer {
        /**
         * @param number of the line, from 1
         * @throws LineException where it says nothing usable
         */
        void accept(String line, long number) throws LineException, IOException;
    }

    /** What is told of a bad line. */
    @FunctionalInterface
    public interface Refusals {
        void refuse(Path file, long number, String reason) throws IOException;
    }

    /**
     * Hands every line to {@code consumer}; the bad ones go to {@code bad}, and reading goes on.
     */
    public static void forEach(Path file, Refusals bad, Consumer consumer) throws IOException {
        try (TextReader reader = TextReader.open(file)) {
            boolean more = true;
            while (more) {
                try {
                    String line = reader.readLine();
                    more = line != null;
                    if (more && !line.isBlank()) {
                        consumer.accept(line, reader.number());
                    }
                } catch (MalformedTextException e) {
                    bad.refuse(file, reader.number(), MalformedTextException.PROBLEM);
                } catch (LineException e) {
                    bad.refuse(file, reader.number(), e.getMessage());
                }
            }
        }
    }

    /**
     * Hands every line to {@code consumer}.
     *
     * @throws IOException with the file, the number and the reason at the first bad line
     */
    public static void forEach(Path file, Consumer consumer) throws IOException {
        forEach(
                file,
                (f, number, reason) -> {
                    throw new IOException(f + ":" + number + ": " + reason);
                },
                consumer);
    }
}
