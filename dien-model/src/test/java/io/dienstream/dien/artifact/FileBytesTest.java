package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileBytesTest {
    /** More than two of the blocks that are copied at once. */
    private static final int SIZE = (2 << 20) + 5;

    @TempDir private Path directory;

    private FileBytes copy(byte[] bytes, long mostOnHeap, List<MessageDigest> digests)
            throws IOException {
        Path file = Files.write(directory.resolve("file"), bytes);
        try (FileChannel channel = FileChannel.open(file)) {
            var limits = new ArtifactContents.Limits(mostOnHeap, directory);
            return FileBytes.copy(channel, file, limits, digests);
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, SIZE - 1, SIZE})
    void whatIsHashedIsWhatIsThereAfterwards(long mostOnHeap) throws IOException {
        byte[] bytes = new byte[SIZE];
        Arrays.fill(bytes, (byte) 'x');
        bytes[SIZE - 1] = 1;
        MessageDigest sha256 = Digests.sha256();
        MessageDigest expected = Digests.sha256();
        expected.update(bytes);
        try (FileBytes copy = copy(bytes, mostOnHeap, List.of(sha256))) {
            assertThat(Digests.hex(sha256)).isEqualTo(Digests.hex(expected));
            assertThat(copy.isMapped()).isEqualTo(mostOnHeap < SIZE);
            assertThat(copy.slice(0, SIZE)).isEqualTo(ByteBuffer.wrap(bytes));
            assertThat(copy.slice(SIZE - 2, 2).get(1)).isEqualTo((byte) 1);
            assertThat(copy.holdsZero()).isFalse();
        }
        bytes[SIZE - 1] = 0;
        try (FileBytes copy = copy(bytes, mostOnHeap, List.of())) {
            assertThat(copy.holdsZero()).isTrue();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void zerosHaveTheirPlaceBeforeTheyAreMapped() throws IOException {
        try (FileChannel zeros = FileBytes.zeros(SIZE, directory)) {
            assertThat(zeros.size()).isEqualTo(SIZE);
            assertThat(directory).isEmptyDirectory();
        }
        assertThatThrownBy(() -> FileBytes.zeros(1L << 60, directory))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("bytes are free there");
    }
}
