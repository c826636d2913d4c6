package io.dienstream.datasets.format;

import java.io.IOException;
import java.nio.file.Path;

/** A data set was refused; the message names the file and what is wrong with it. */
public final class DatasetException extends IOException {
    private static final long serialVersionUID = 1;

    public DatasetException(Path file, String problem) {
        super(file + ": " + problem);
    }

    public DatasetException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
