package io.dienstream.job.registry;

import java.io.IOException;

/** The schema registry is not there, or refused us. Its message says what to look at. */
public final class RegistryException extends IOException {
    private static final long serialVersionUID = 1;

    RegistryException(String message) {
        super(message);
    }

    RegistryException(String message, Throwable cause) {
        super(message, cause);
    }
}
