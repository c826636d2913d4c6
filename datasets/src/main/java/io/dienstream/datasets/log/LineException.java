package io.dienstream.datasets.log;

/** A line that says nothing usable; the message says why. */
public final class LineException extends Exception {
    private static final long serialVersionUID = 1;

    public LineException(String message) {
        super(message);
    }
}
