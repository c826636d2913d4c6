package io.dienstream.sandbox;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The artifact that is shipped for the demo; docs/lab/2026-11-25-demo-model.md says how it came
 * about.
 */
public final class DemoModel {
    private static final String[] FILES = {
        "model.json", "weights.safetensors", "vocabulary/item.txt", "vocabulary/category.txt"
    };

    private DemoModel() {}

    /** Copies the artifact to a temporary directory that goes when the process ends. */
    public static Path extract() throws IOException {
        Path directory = Files.createTempDirectory("dien-demo-model-");
        Files.createDirectories(directory.resolve("vocabulary"));
        // deleted in reverse order of registration: the files first
        directory.toFile().deleteOnExit();
        directory.resolve("vocabulary").toFile().deleteOnExit();
        for (String file : FILES) {
            try (InputStream in = DemoModel.class.getResourceAsStream("/demo-model/" + file)) {
                if (in == null) {
                    throw new FileNotFoundException("this build ships no demo-model/" + file);
                }
                Files.copy(in, directory.resolve(file));
                directory.resolve(file).toFile().deleteOnExit();
            }
        }
        return directory;
    }
}
