package io.dienstream.dien.artifact;

import java.io.IOException;
import java.nio.file.Path;

/**
 * An artifact was refused; the message names the file and, where there is one, the tensor or key.
 */
public final class ArtifactException extends IOException {
    private static final long serialVersionUID = 1;

    ArtifactException(Path file, String problem) {
        super(file + ": " + problem);
    }

    ArtifactException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
