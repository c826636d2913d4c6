package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineHashesTest {
    private static final Path FILE = Path.of("item.txt");

    @TempDir private Path copies;

    private static long hash(int n) {
        return n * 0x9e3779b97f4a7c15L;
    }

    /** Of fewer than there may be, around the size of a block, twice and a part of a third time. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8191, 8192, 8193, 40_000})
    void areGoneThroughInTheirOrderAsOftenAsIsAsked(int count) throws IOException {
        for (long mostOnHeap : new long[] {0, Long.MAX_VALUE}) {
            var limits = new ArtifactContents.Limits(mostOnHeap, copies);
            try (LineHashes hashes = new LineHashes(FILE, count + 10, limits)) {
                for (int n = 0; n < count; n++) {
                    hashes.add(hash(n));
                }
                for (int last : new int[] {count, count / 3, count}) {
                    hashes.rewind();
                    for (int n = 0; n < last; n++) {
                        assertThat(hashes.next()).isEqualTo(hash(n));
                    }
                }
                assertThat(copies).isEmptyDirectory();
            }
        }
    }

    @Test
    void aDiskWithoutPlaceIsNamed() {
        var limits = new ArtifactContents.Limits(0, copies.resolve("none"));
        assertThatThrownBy(() -> new LineHashes(FILE, 5, limits))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "item.txt: the hashes of its ids, 40 bytes, cannot be written to ")
                .hasMessageContainingAll("none", "model.copy-directory");
    }
}
