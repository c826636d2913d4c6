package io.dienstream.dien.file;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;

/** A line of a text that is no UTF-8; the message names file and line. */
public final class MalformedTextException extends IOException {
    private static final long serialVersionUID = 1;

    /** What is wrong with the line, for those who name it themselves. */
    public static final String PROBLEM = "is not UTF-8; convert the file, with iconv for instance";

    MalformedTextException(Path file, long number, CharacterCodingException cause) {
        super(file + ":" + number + ": " + PROBLEM, cause);
    }
}
