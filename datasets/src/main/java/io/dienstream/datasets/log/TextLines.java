package io.dienstream.datasets.log;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/** The lines of a text file, gzipped or plain. */
public final class TextLines {
    private TextLines() {}

    /** What takes a line. */
    @FunctionalInterface
    public interface Consumer {
        void accept(String line) throws IOException;
    }

    /** Hands every line that is not blank to {@code consumer}. */
    public static void forEach(Path file, Consumer consumer) throws IOException {
        try (BufferedReader reader = LogFiles.open(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank()) {
                    consumer.accept(line);
                }
            }
        }
    }
}
