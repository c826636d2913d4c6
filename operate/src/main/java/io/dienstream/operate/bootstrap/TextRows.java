package io.dienstream.operate.bootstrap;

import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LineIds;
import io.dienstream.dien.file.MalformedTextException;
import io.dienstream.dien.file.TextReader;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Lines of text, gzipped or plain; blank ones are none.
 *
 * @param <T> what a line is
 */
final class TextRows<T> implements LogRows<T> {
    private final TextReader reader;
    private final LineIds ids;
    private final Parser<T> parser;
    private String line;
    private MalformedTextException malformed;

    /** What a line says. */
    @FunctionalInterface
    interface Parser<T> {
        /**
         * @param id for a line that brings none
         */
        T parse(String line, long id) throws LineException;
    }

    TextRows(Path file, LineIds ids, Parser<T> parser) throws IOException {
        reader = TextReader.open(file);
        this.ids = ids;
        this.parser = parser;
    }

    @Override
    public boolean hasNext() throws IOException {
        while (line == null && malformed == null) {
            try {
                line = reader.readLine();
            } catch (MalformedTextException e) {
                malformed = e;
                return true;
            }
            if (line == null) {
                return false;
            }
            if (line.isBlank()) {
                line = null;
            }
        }
        return true;
    }

    @Override
    public T next() throws LineException {
        if (malformed != null) {
            malformed = null;
            throw new LineException(MalformedTextException.PROBLEM);
        }
        String current = line;
        line = null;
        return parser.parse(current, ids.of(reader.number()));
    }

    @Override
    public long number() {
        return reader.number();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
