package io.dienstream.job.option;

/** A wrong or missing option. */
public final class OptionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public OptionException(String message) {
        super(message);
    }

    public OptionException(String message, Throwable cause) {
        super(message, cause);
    }
}
