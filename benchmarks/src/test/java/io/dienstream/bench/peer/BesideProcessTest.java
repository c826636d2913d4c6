package io.dienstream.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BesideProcessTest {
    @TempDir private Path directory;

    @Test
    void oneThatEndsSaysWhatItSaid() throws Exception {
        int port = BesideProcess.freePort();
        Path log = directory.resolve("log");
        List<String> command = List.of("sh", "-c", "echo no memory for that");
        assertThatThrownBy(() -> BesideProcess.start(command, port, log))
                .isInstanceOf(IOException.class)
                .hasMessage("sh does not listen on port %d; it said: no memory for that", port);
    }

    @Test
    void whatWasEndedDoesNotStartAgain() throws Exception {
        // the test listens in its place
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            BesideProcess process =
                    BesideProcess.start(
                            List.of("sleep", "60"),
                            socket.getLocalPort(),
                            directory.resolve("log"));
            process.close();
            assertThatThrownBy(() -> process.killAndRestart(0))
                    .isInstanceOf(IOException.class)
                    .hasMessage("sleep was ended, and does not start again");
        }
    }

    @Test
    void freePortsAreFree() throws Exception {
        int port = BesideProcess.freePort();
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.getLocalPort()).isEqualTo(port);
        }
    }
}
