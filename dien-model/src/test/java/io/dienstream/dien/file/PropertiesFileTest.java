package io.dienstream.dien.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PropertiesFileTest {
    @TempDir private Path directory;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("a.properties"), bytes);
    }

    @Test
    void marksAndEndsOfLinesAreNoPartOfIt() throws IOException {
        String text = "\uFEFFone = 1\r\n# none\r\nlong = a\\\r\n  b\nü: ö\nlast";
        assertThat(PropertiesFile.read(file(text.getBytes(StandardCharsets.UTF_8))))
                .hasSize(4)
                .containsEntry("one", "1")
                .containsEntry("long", "ab")
                .containsEntry("ü", "ö")
                .containsEntry("last", "");
    }

    @Test
    void whatIsNoneIsNamed() throws IOException {
        Path nowhere = directory.resolve("nowhere");
        assertThatThrownBy(() -> PropertiesFile.read(nowhere))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(nowhere.toString());
        assertThatThrownBy(() -> PropertiesFile.read(directory))
                .hasMessage(directory + ": is a directory, not a file");
        Path latin = file(new byte[] {'a', '\n', 'b', '=', (byte) 0xfc});
        assertThatThrownBy(() -> PropertiesFile.read(latin))
                .hasMessage(latin + ":2: " + MalformedTextException.PROBLEM);
        Path escape = file("a = \\u12".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> PropertiesFile.read(escape))
                .hasMessageStartingWith(escape + ": Malformed");
    }
}
