package io.dienstream.dien.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory that a command leaves files in, asked for before the work and not after it. */
public final class OutputDirectory {
    private OutputDirectory() {}

    /**
     * Makes {@code directory} where it is not there yet.
     *
     * @throws IOException naming what is in the way: a file of that name, or rights that are
     *     missing
     */
    public static void make(Path directory) throws IOException {
        for (Path at = directory.toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at) && !Files.isDirectory(at)) {
                throw new FileSystemException(at.toString(), null, "is a file, not a directory");
            }
        }
        Files.createDirectories(directory);
        if (!Files.isWritable(directory)) {
            throw new AccessDeniedException(directory.toString(), null, "may not be written");
        }
    }
}
