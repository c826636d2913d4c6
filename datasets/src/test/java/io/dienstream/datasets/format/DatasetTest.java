package io.dienstream.datasets.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetTest {
    @TempDir private Path directory;
    private Path data;

    @BeforeEach
    void write() throws IOException {
        data = directory.resolve("data");
        SmallDataset.write(data, 400, 1);
    }

    private static int read(Path data, Split split) throws IOException {
        int[] n = {0};
        Dataset.open(data).forEach(split, e -> n[0]++);
        return n[0];
    }

    @Test
    void everySplitIsReadBackWhole() throws IOException {
        assertThat(read(data, Split.TRAIN)).isEqualTo(400);
        assertThat(read(data, Split.VALIDATION)).isEqualTo(100);
        Manifest.Counts counts = Dataset.open(data).manifest().counts(Split.TRAIN);
        assertThat(counts.examples()).isEqualTo(800);
        assertThat(counts.clicks()).isBetween(330L, 470L);
        Set<String> ids = new HashSet<>();
        Dataset.open(data).forEach(Split.TRAIN, e -> ids.add(e.getRequestId()));
        assertThat(ids).hasSize(400);
    }

    @Test
    void aFileCutBetweenBlocksOrWithinOneIsRefused() throws IOException {
        Path file = data.resolve("train-00001.avro");
        byte[] whole = Files.readAllBytes(file);
        for (int kept : new int[] {whole.length - 20, whole.length / 2, 40}) {
            Files.write(file, Arrays.copyOf(whole, kept));
            assertThatThrownBy(() -> read(data, Split.TRAIN))
                    .isInstanceOf(IOException.class)
                    .satisfies(e -> assertThat(e.toString()).contains(data.toString()));
        }
        Files.delete(file);
        assertThatThrownBy(() -> read(data, Split.TRAIN))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("missing or cut off");
    }

    @Test
    void aVocabularyThatDoesNotFitIsRefused() throws IOException {
        Path file = data.resolve("vocabulary/item.txt");
        List<String> lines = Files.readAllLines(file);
        Files.write(file, lines.subList(1, lines.size()));
        assertThatThrownBy(() -> Dataset.open(data))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("item.txt")
                .hasMessageContaining("59 ids, the manifest says 60");
        Files.delete(file);
        assertThatThrownBy(() -> Dataset.open(data)).hasMessageContaining("vocabulary is missing");
    }

    @Test
    void aDirectoryThatIsNoDatasetIsRefused() throws IOException {
        assertThatThrownBy(() -> Dataset.open(directory))
                .hasMessageContaining("manifest.json")
                .hasMessageContaining("dien prepare");
        Files.writeString(data.resolve("manifest.json"), "{\"format\": \"dien-dataset/9\"}");
        assertThatThrownBy(() -> Dataset.open(data)).hasMessageContaining("dien-dataset/9");
        Files.writeString(data.resolve("manifest.json"), "{");
        assertThatThrownBy(() -> Dataset.open(data)).hasMessageContaining("is no manifest");
    }

    @Test
    void nothingIsLeftOfAnUnfinishedOne() throws IOException {
        Path target = directory.resolve("unfinished");
        try (DatasetWriter writer = new DatasetWriter(target, 2, 1)) {
            assertThat(writer.counts()).containsKey("train");
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(data);
        }
        assertThatThrownBy(() -> new DatasetWriter(data, 1, 1))
                .isInstanceOf(FileAlreadyExistsException.class);
    }
}
