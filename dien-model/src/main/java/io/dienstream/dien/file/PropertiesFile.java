package io.dienstream.dien.file;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Properties;

/** Java properties in a UTF-8 text, with or without a byte order mark. */
public final class PropertiesFile {
    private PropertiesFile() {}

    /**
     * All that {@code file} holds.
     *
     * @throws IOException naming the file where there is none, it is a directory, or no properties
     */
    public static Properties read(Path file) throws IOException {
        String text = String.join("\n", TextReader.lines(file)) + "\n";
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e); // an escape that is none
        }
        return properties;
    }
}
