package io.dienstream.wire;

/** Bytes that are no message of the expected type. The message holds no user data. */
public final class WireException extends Exception {
    private static final long serialVersionUID = 1;

    /** Why a message could not be read. */
    public enum Problem {
        /** No single-object header, or a body that its schema does not describe. */
        UNDECODABLE,
        /** A well-formed header with the fingerprint of a schema that was never released. */
        UNKNOWN_SCHEMA
    }

    private final Problem problem;

    WireException(Problem problem, String message) {
        super(message);
        this.problem = problem;
    }

    WireException(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    /** A message whose schema nobody knows. */
    public static WireException unknownSchema(String message) {
        return new WireException(Problem.UNKNOWN_SCHEMA, message);
    }

    public Problem problem() {
        return problem;
    }
}
