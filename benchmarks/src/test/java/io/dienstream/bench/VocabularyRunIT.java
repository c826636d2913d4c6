package io.dienstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose weights, ids and index are mapped: what it holds is not on the heap. */
class VocabularyRunIT {
    private static final int IDS = 2_000_000;

    @TempDir private Path directory;

    @Test
    void manyIdsTakeDiskAndNoHeap() throws Exception {
        VocabularyRun.Figures figures =
                new VocabularyRun(new VocabularyRun.Plan(IDS, 1, 3)).run(directory);
        assertThat(figures.ids()).isEqualTo(IDS);
        assertThat(figures.textMib()).isBetween(16.0, 20.0);
        assertThat(figures.indexMib()).isBetween(24.0, 25.0);
        assertThat(figures.mappedMib())
                .isGreaterThanOrEqualTo(
                        figures.weightsMib() + figures.textMib() + figures.indexMib() - 1);
        assertThat(figures.heapMib() - figures.heapBeforeMib())
                .as("2 million ids would be a hundred and more")
                .isLessThan(16);
        assertThat(figures.requestMicros()).isPositive();
    }
}
