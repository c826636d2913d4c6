package io.dienstream.operate.bootstrap;

import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LogFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Lines of text, gzipped or plain.
 *
 * @param <T> what a line is
 */
final class TextRows<T> implements LogRows<T> {
    private final BufferedReader reader;
    private final Parser<T> parser;
    private String line;
    private long number;

    /** What a line says. */
    @FunctionalInterface
    interface Parser<T> {
        /**
         * @param number of the line, from 1
         */
        T parse(String line, long number) throws LineException;
    }

    TextRows(Path file, Parser<T> parser) throws IOException {
        reader = LogFiles.open(file);
        this.parser = parser;
    }

    @Override
    public boolean hasNext() throws IOException {
        if (line == null) {
            line = reader.readLine();
            number++;
        }
        return line != null;
    }

    @Override
    public T next() throws LineException {
        String current = line;
        line = null;
        return parser.parse(current, number);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
