package io.dienstream.datasets.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Directories that are being written, and those that are not wanted any more. */
public final class Directories {
    private Directories() {}

    /**
     * Creates a directory to write in until it is complete. Unlike the JDK's temporary directories
     * it may be read by whom the user lets read, since it is moved to its final name.
     */
    public static Path beginning(Path parent, String prefix) throws IOException {
        return Files.createDirectories(parent.resolve(prefix + UUID.randomUUID()));
    }

    /** Removes {@code directory} and all that is in it; nothing where it does not exist. */
    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
