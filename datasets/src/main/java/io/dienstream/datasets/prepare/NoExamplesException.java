package io.dienstream.datasets.prepare;

import java.io.IOException;

/** A source has no example that was asked for. */
public final class NoExamplesException extends IOException {
    private static final long serialVersionUID = 1;

    public NoExamplesException() {
        super("there is no example to make a data set of");
    }
}
