package io.dienstream.dien.artifact;

import java.io.IOException;
import java.nio.file.Path;

/**
 * An artifact was refused; the message names the file and, where there is one, the tensor or key.
 * What it quotes may come from anybody: it is one line of at most {@value #LONGEST} characters.
 */
public final class ArtifactException extends IOException {
    private static final long serialVersionUID = 1;
    private static final int LONGEST = 1000;

    ArtifactException(Path file, String problem) {
        super(oneLine(file + ": " + problem));
    }

    ArtifactException(Path file, String problem, Throwable cause) {
        super(oneLine(file + ": " + problem), cause);
    }

    private static String oneLine(String message) {
        String shown =
                message.length() <= LONGEST ? message : message.substring(0, LONGEST - 3) + "...";
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
