package io.dienstream.datasets.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Needed;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LineIdsTest {
    /** What {@code <(zstd -dc log.zst)} hands over: its real path is none that can be looked up. */
    @Test
    void aPipeWithoutANameHasIdsToo() throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        Needed.here("linux", Files.isDirectory(descriptors), "this system has no /proc/self/fd");
        Process pipe = new ProcessBuilder("sleep", "60").start();
        try {
            Path end = Path.of("/proc/" + pipe.pid() + "/fd/0");
            assertThat(end.toFile()).exists();
            assertThat(LineIds.of(end).of(2) - LineIds.of(end).of(1)).isEqualTo(1);
        } finally {
            pipe.destroyForcibly();
        }
    }
}
