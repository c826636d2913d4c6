package io.dienstream.bench.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.cli.page.Plots;
import io.dienstream.dien.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.knowm.xchart.internal.chartpart.Chart;

class FigureFilesTest {
    @TempDir private Path directory;

    private static Chart<?, ?> plot() {
        return Plots.lines("title", "x", "y", Map.of("line", Map.of(1.0, 2.0, 2.0, 3.0)), false);
    }

    private void write() throws IOException {
        new FigureFiles(directory.resolve("figures"))
                .write("kernels", "{}", "| a |\n", Map.of("kernels", plot()));
    }

    @Test
    void everythingIsInADirectoryThatIsMade() throws IOException {
        write();
        try (Stream<Path> files = Files.list(directory.resolve("figures"))) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "kernels.json", "kernels.md", "kernels.png", "kernels.svg");
        }
        new FigureFiles(null).write("kernels", "{}", "", Map.of("kernels", plot()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernels.json", "kernels.md", "kernels.png", "kernels.svg"})
    void aFullDiskIsAnErrorThatNamesTheFile(String name) throws IOException {
        Path full = Path.of("/dev/full");
        Needed.here("linux", Files.exists(full), "this system has no /dev/full");
        Path figures = Files.createDirectory(directory.resolve("figures"));
        Path file = Files.createSymbolicLink(figures.resolve(name), full);
        assertThatThrownBy(this::write)
                .isInstanceOf(IOException.class)
                .hasMessage(file + " cannot be written: No space left on device");
    }

    @Test
    void aFileInTheWayIsNamedBeforeAnythingIsMeasured() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        for (Path wanted : new Path[] {file, file.resolve("below")}) {
            assertThatThrownBy(() -> new FigureFiles(wanted))
                    .hasMessage(file + ": is a file, not a directory");
        }
    }
}
