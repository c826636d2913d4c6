package io.dienstream.dien.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The files of an artifact, which may come from anybody: where they lie, and how large they are.
 */
final class ArtifactFiles {
    private ArtifactFiles() {}

    /**
     * The file {@code name} of the artifact in {@code directory}. Links are followed inside the
     * directory, as volumes of Kubernetes have them, and not out of it: what is read of a file that
     * is not the artifact's could be shown to somebody who may not read it.
     *
     * @throws ArtifactException where the name is none, or leads out of the directory
     */
    static Path inside(Path directory, String name) throws IOException {
        Path file;
        try {
            file = directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new ArtifactException(directory, "a file's name is none: " + e.getReason(), e);
        }
        if (Files.exists(file) && !file.toRealPath().startsWith(directory.toRealPath())) {
            throw new ArtifactException(file, "leads out of the artifact's directory");
        }
        return file;
    }

    /**
     * All bytes of {@code file}.
     *
     * @param most bytes that it may have
     * @throws ArtifactException where it has more, before memory is taken for them
     */
    static byte[] read(Path file, long most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            int limit = (int) Math.min(most, Integer.MAX_VALUE - 16);
            if (Files.size(file) > limit) {
                throw tooLarge(file, limit);
            }
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw tooLarge(file, limit); // it grows while it is read, or is no plain file
            }
            return bytes;
        }
    }

    private static ArtifactException tooLarge(Path file, int limit) {
        return new ArtifactException(file, "is larger than the " + limit + " bytes it may have");
    }
}
