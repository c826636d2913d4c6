package io.dienstream.sandbox;

import io.dienstream.cli.Scratch;
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
        Path directory = Scratch.directory("demo-model");
        Files.createDirectories(directory.resolve("vocabulary"));
        for (String file : FILES) {
            try (InputStream in = DemoModel.class.getResourceAsStream("/demo-model/" + file)) {
                if (in == null) {
                    throw new FileNotFoundException("this build ships no demo-model/" + file);
                }
                Files.copy(in, directory.resolve(file));
            }
        }
        return directory;
    }
}
