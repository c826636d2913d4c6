package io.dienstream.job.savepoint;

import java.io.IOException;

/** What is behind the exceptions that Flink wraps around one another, none of which says it. */
public final class RootCause {
    private RootCause() {}

    /** Its message, with its class where the message alone would say little. */
    public static String message(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root instanceof IOException && root.getMessage() != null
                ? root.getMessage()
                : root.toString();
    }
}
