package io.dienstream.dien.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.Needed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedOutputTest {
    @TempDir private Path directory;

    @Test
    void whatIsWrittenIsThereAndNothingElse() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "longer than what comes");
        NamedOutput.write(file, "grün\n");
        assertThat(file).hasContent("grün\n");
        try (OutputStream out = NamedOutput.open(file)) {
            out.write('a');
            out.write(new byte[100_000]);
        }
        assertThat(Files.size(file)).isEqualTo(100_001);
    }

    /** Whether the last bytes are held back until the end, or there are too many for that. */
    @Test
    void aFullDiskIsAnErrorThatNamesTheFile() {
        Path full = Path.of("/dev/full");
        Needed.here("linux", Files.exists(full), "this system has no /dev/full");
        String message = "/dev/full cannot be written: No space left on device";
        assertThatThrownBy(() -> NamedOutput.write(full, "few")).hasMessage(message);
        assertThatThrownBy(() -> NamedOutput.write(full, "many".repeat(10_000)))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
        assertThatThrownBy(
                        () -> {
                            try (OutputStream out = NamedOutput.open(full)) {
                                out.write(1);
                            }
                        })
                .hasMessage(message);
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        Path file = directory.resolve("nowhere").resolve("file");
        assertThatThrownBy(() -> NamedOutput.open(file))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(file.toString());
    }

    @Test
    void aDirectoryForFilesIsMadeOrWhatIsInTheWayIsNamed() throws IOException {
        Path below = directory.resolve("a").resolve("b");
        OutputDirectory.make(below);
        OutputDirectory.make(below);
        assertThat(below).isEmptyDirectory();
        OutputDirectory.make(Files.createSymbolicLink(directory.resolve("link"), below));
        Path file = Files.createFile(below.resolve("file"));
        for (Path wanted : new Path[] {file, file.resolve("c").resolve("d")}) {
            assertThatThrownBy(() -> OutputDirectory.make(wanted))
                    .hasMessage(file + ": is a file, not a directory");
        }
    }
}
