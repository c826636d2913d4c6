package io.dienstream.bench;

import io.dienstream.datasets.format.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory for a model that is gone when it has been read. */
final class TemporaryModel {
    private TemporaryModel() {}

    /**
     * What somebody makes of a directory.
     *
     * @param <T> what comes of it
     */
    interface Use<T> {
        T of(Path directory) throws IOException;
    }

    static <T> T with(Use<T> use) throws IOException {
        Path temporary = Files.createTempDirectory("dien-bench");
        try {
            return use.of(temporary);
        } finally {
            Directories.delete(temporary);
        }
    }
}
