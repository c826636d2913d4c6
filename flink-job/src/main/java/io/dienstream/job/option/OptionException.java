package io.dienstream.job.option;

/** A wrong or missing option. */
public final class OptionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    OptionException(String message) {
        super(message);
    }

    OptionException(String message, Throwable cause) {
        super(message, cause);
    }
}
