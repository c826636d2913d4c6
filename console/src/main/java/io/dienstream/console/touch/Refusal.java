package io.dienstream.console.touch;

/** What was asked for cannot be done, and the message says why. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    public Refusal(String message) {
        super(message);
    }
}
