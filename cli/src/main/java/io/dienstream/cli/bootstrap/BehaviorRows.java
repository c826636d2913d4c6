package io.dienstream.cli.bootstrap;

import io.dienstream.cli.log.LineException;
import io.dienstream.schema.Behavior;
import java.io.Closeable;
import java.io.IOException;

/** The rows of a behavior log, one after the other, whatever the format. */
interface BehaviorRows extends Closeable {
    /** Whether there is a row, good or bad, after those that {@link #next} has returned. */
    boolean hasNext() throws IOException;

    /**
     * @throws LineException where this row is no behavior; the next one may be
     */
    Behavior next() throws LineException, IOException;
}
