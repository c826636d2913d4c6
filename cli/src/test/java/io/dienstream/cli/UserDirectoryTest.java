package io.dienstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserDirectoryTest {
    @TempDir private Path temporary;

    private UserDirectory open() throws IOException {
        return UserDirectory.open(
                Map.of("XDG_STATE_HOME", temporary.resolve("state").toString()),
                temporary.resolve("home"),
                temporary);
    }

    private static String mode(Path directory) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    }

    @Test
    void everyLevelIsTheUsersAlone() throws IOException {
        Path made = open().directory("jobs", "a", "checkpoints");
        assertThat(made).isEqualTo(temporary.resolve("state/dien-stream/jobs/a/checkpoints"));
        for (Path level = made; !level.endsWith("state"); level = level.getParent()) {
            assertThat(mode(level)).as(level.toString()).isEqualTo("rwx------");
        }
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(mode(open().directory("jobs", "a", "checkpoints"))).isEqualTo("rwx------");
    }

    @Test
    void nothingIsWrittenThroughALink() throws IOException {
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        Path state = Files.createDirectory(temporary.resolve("state"));
        Files.createSymbolicLink(state.resolve("dien-stream"), elsewhere);
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a link");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void whereThereIsNoHomeItIsInTheTemporaryDirectory() throws IOException {
        Path file = Files.createFile(temporary.resolve("home"));
        Path made = UserDirectory.open(Map.of(), file, temporary).directory("logs");
        assertThat(made.getParent())
                .isEqualTo(temporary.resolve("dien-stream-" + System.getProperty("user.name")));
    }

    @Test
    void theOldestLogsGo() throws IOException {
        UserDirectory own = open();
        for (int n = 0; n < 30; n++) {
            Files.createFile(own.directory("logs").resolve("demo-" + n + ".log"));
        }
        Path log = own.logFile("job");
        assertThat(log.getFileName().toString())
                .isEqualTo("job-" + ProcessHandle.current().pid() + ".log");
        try (Stream<Path> logs = Files.list(log.getParent())) {
            assertThat(logs).hasSize(20);
        }
    }
}
