package io.dienstream.dien.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompleteFileTest {
    @TempDir private Path directory;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theNameIsTakenWhenAllIsThere() throws IOException {
        Path target = Files.writeString(directory.resolve("answers"), "old");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r-----"));
        try (CompleteFile file = CompleteFile.create(target)) {
            file.writer().write("new\n");
            assertThat(target).hasContent("old");
            file.complete();
            assertThat(target).hasContent("new");
        }
        assertThat(names()).containsExactly("answers");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void whatIsNotCompleteLeavesNothing() throws IOException {
        Path target = directory.resolve("answers");
        try (CompleteFile file = CompleteFile.create(target)) {
            file.writer().write("half");
        }
        assertThat(names()).isEmpty();
        Files.writeString(target, "old");
        try (CompleteFile file = CompleteFile.create(target)) {
            file.stream().write(new byte[100_000]);
        }
        assertThat(target).hasContent("old");
        assertThat(names()).containsExactly("answers");
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path real = Files.writeString(directory.resolve("real"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        CompleteFile.write(link, "new");
        assertThat(link).isSymbolicLink();
        assertThat(real).hasContent("new");
    }

    @Test
    void whatOnlyItsOwnerMayReadStaysSoWhileItIsWritten() throws IOException {
        Path target = Files.writeString(directory.resolve("answers"), "old");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
        try (CompleteFile file = CompleteFile.create(target)) {
            for (String name : names()) {
                assertThat(
                                PosixFilePermissions.toString(
                                        Files.getPosixFilePermissions(directory.resolve(name))))
                        .isEqualTo("rw-------");
            }
            file.complete();
        }
    }

    /** A file system in memory holds files, though it is below /dev. */
    @Test
    void aFileBelowDevIsReplacedAndNotAppendedTo() throws IOException {
        Path memory = Path.of("/dev/shm");
        Needed.here("linux", Files.isWritable(memory), "this system has no /dev/shm");
        Path target = Files.createTempFile(memory, "dien-", ".test");
        try {
            CompleteFile.write(target, "one");
            CompleteFile.write(target, "two");
            assertThat(target).hasContent("two");
        } finally {
            Files.delete(target);
        }
    }

    /** The disk that is always full. */
    @Test
    void aFullDiskIsAnErrorThatNamesTheFile() throws IOException {
        Path full = Path.of("/dev/full");
        Needed.here("linux", Files.exists(full), "this system has no /dev/full");
        assertThatThrownBy(() -> CompleteFile.write(full, "few bytes"))
                .isInstanceOf(IOException.class)
                .hasMessage("/dev/full cannot be written: No space left on device");
        try (CompleteFile file = CompleteFile.create(full)) {
            assertThatThrownBy(
                            () -> {
                                try (GZIPOutputStream out = new GZIPOutputStream(file.stream())) {
                                    out.write(new byte[10]);
                                }
                                file.complete();
                            })
                    .hasMessage("/dev/full cannot be written: No space left on device");
        }
    }

    @Test
    void whatIsInTheWayIsNamed() throws IOException {
        assertThatThrownBy(() -> CompleteFile.create(directory))
                .hasMessage(directory + ": is a directory, not a file");
        Path nowhere = directory.resolve("nowhere");
        assertThatThrownBy(() -> CompleteFile.create(nowhere.resolve("answers")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(nowhere + ": there is no such directory");
        Path input = Files.writeString(directory.resolve("input"), "x");
        Path link = Files.createSymbolicLink(directory.resolve("link"), input);
        assertThatThrownBy(() -> CompleteFile.requireOther(link, null, input))
                .hasMessage(link + ": is read and written: choose another output");
        CompleteFile.requireOther(directory.resolve("other"), input, nowhere);
    }
}
