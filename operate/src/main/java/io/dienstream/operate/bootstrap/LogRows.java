package io.dienstream.operate.bootstrap;

import io.dienstream.datasets.log.LineException;
import java.io.Closeable;
import java.io.IOException;

/**
 * The rows of a log in a file, one after the other, whatever the format.
 *
 * @param <T> what a row is
 */
interface LogRows<T> extends Closeable {
    /** Whether there is a row, good or bad, after those that {@link #next} has returned. */
    boolean hasNext() throws IOException;

    /**
     * @throws LineException where this row is none; the next one may be
     */
    T next() throws LineException, IOException;

    /** The number of the row, or of the line, that {@link #next} was asked for last, from 1. */
    long number();
}
