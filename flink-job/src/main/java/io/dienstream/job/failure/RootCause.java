package io.dienstream.job.failure;

import java.io.IOException;

/**
 * What is behind the exceptions that Flink and Kafka's clients wrap around one another, none of
 * which says it.
 */
public final class RootCause {
    private RootCause() {}

    /** The innermost cause, or {@code failure} itself. */
    public static Throwable of(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    /** Its message, with its class where the message alone would say little. */
    public static String message(Throwable failure) {
        Throwable root = of(failure);
        return root instanceof IOException && root.getMessage() != null
                ? root.getMessage()
                : root.toString();
    }
}
