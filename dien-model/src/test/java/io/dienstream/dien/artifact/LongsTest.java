package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongsTest {
    /** A chunk is 1 KiB: 128 numbers. */
    private static final int CHUNK_BITS = 10;

    @TempDir private Path copies;

    @ParameterizedTest
    @ValueSource(ints = {1, 127, 128, 129, 1000})
    void holdsWhatWasPutOnTheHeapOrMapped(int count) throws IOException {
        for (long mostOnHeap : new long[] {0, Long.MAX_VALUE}) {
            Longs longs =
                    Longs.zeros(count, new ArtifactContents.Limits(mostOnHeap, copies, CHUNK_BITS));
            for (int n = 0; n < count; n++) {
                assertThat(longs.get(n)).isZero();
                longs.set(n, n * 0x123456789abcdefL);
            }
            for (int n = 0; n < count; n++) {
                assertThat(longs.get(n)).isEqualTo(n * 0x123456789abcdefL);
            }
            assertThat(copies).isEmptyDirectory();
        }
    }

    @Test
    void asManyAsTheHeapMayHaveAreThere() throws IOException {
        Path none = copies.resolve("none");
        Longs longs = Longs.zeros(4, new ArtifactContents.Limits(32, none, CHUNK_BITS));
        longs.set(3, 7);
        assertThat(longs.get(3)).isEqualTo(7);
    }
}
