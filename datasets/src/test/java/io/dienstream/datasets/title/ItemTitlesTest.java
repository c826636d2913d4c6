package io.dienstream.datasets.title;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemTitlesTest {
    private static final Map<String, String> SIMULATED = Map.of("item", "i520", "category", "c13");

    @TempDir private Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("titles"), text);
    }

    @Test
    void aFileNamesItsItemsAndNoOthers() throws IOException {
        ItemTitles titles = ItemTitles.read(file("7\tToy Story (1995)\r\n\ni520\t own \n"));
        assertThat(titles.title(Map.of("item", "7"), "item")).isEqualTo("Toy Story (1995)");
        assertThat(titles.title(SIMULATED, "item")).isEqualTo("own");
        assertThat(titles.title(Map.of("item", "8"), "item")).isNull();
        assertThat(titles.title(Map.of("ad", "7"), "ad")).isEqualTo("Toy Story (1995)");
        assertThat(titles.title(Map.of("ad", "7"), "item")).isNull();
        assertThat(titles.fit(List.of(Map.of("item", "8")))).isTrue();
    }

    @Test
    void withoutAFileTheSimulatorsItemsHaveTitles() throws IOException {
        ItemTitles titles = ItemTitles.of(null);
        assertThat(titles.title(SIMULATED, "item")).isEqualTo("Espresso machine");
        assertThat(titles.category(SIMULATED)).isEqualTo("Coffee");
        assertThat(titles.title(Map.of("item", "7"), "item")).isNull();
        assertThat(titles.fit(List.of(SIMULATED, Map.of("item", "7")))).isFalse();
        assertThat(ItemTitles.ofDataset(directory).title(SIMULATED, "item"))
                .isEqualTo("Espresso machine");
    }

    @Test
    void aLineWithoutATitleIsNamed() throws IOException {
        Path file = file("7\tToy Story\n8\n");
        assertThatThrownBy(() -> ItemTitles.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ":2: expected an id, a tab and a title");
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path file = directory.resolve(ItemTitles.FILE);
        ItemTitles.write(
                file,
                Map.of(
                        "2",
                        "Golden\nEye\t(1995)",
                        "1",
                        "Toy Story",
                        "3",
                        " ",
                        "",
                        "x",
                        "4\t",
                        "x"));
        assertThat(Files.readString(file)).isEqualTo("1\tToy Story\n2\tGolden Eye (1995)\n");
        assertThat(ItemTitles.ofDataset(directory).byId())
                .isEqualTo(Map.of("1", "Toy Story", "2", "Golden Eye (1995)"));
    }
}
