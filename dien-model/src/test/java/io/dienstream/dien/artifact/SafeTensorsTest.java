package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.model.EmbeddingTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers of sizes that do not fit an {@code int}, in files that are mostly holes. */
class SafeTensorsTest {
    private static final int ROWS = 100_000_000;
    private static final int WIDTH = 18;
    private static final long BYTES = (long) ROWS * WIDTH * Float.BYTES;

    @TempDir private Path directory;

    /** A table of 7.2 GB, and behind it a tensor of two numbers. */
    private Path huge() throws IOException {
        Path file = directory.resolve("huge.safetensors");
        String text =
                ("{\"embedding.item\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]},"
                                + "\"mlp.output.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}")
                        .formatted(ROWS, WIDTH, BYTES, BYTES, BYTES + 8);
        byte[] header = text.getBytes(StandardCharsets.UTF_8);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(little(Long.BYTES).putLong(header.length).array());
            out.write(header);
            long data = Long.BYTES + header.length;
            // the first, the one in which the bytes leave an int, the last
            for (long row : new long[] {0, 29_826_161, ROWS - 1}) {
                out.seek(data + row * WIDTH * Float.BYTES);
                out.write(little(8).putFloat(row + 1).putFloat(-row).array());
            }
            out.seek(data + BYTES);
            out.write(little(8).putFloat(7).putFloat(8).array());
        }
        return file;
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void aTableOfSevenGigabytesIsLookedAtWhereItLies() throws IOException {
        Path file = huge();
        try (FileBytes bytes = FileBytes.inPlace(file)) {
            SafeTensors container = SafeTensors.parse(file, bytes, 1 << 16);
            SafeTensors.Tensor table = container.tensors().get("embedding.item");
            assertThat(table.elements()).isEqualTo(1_800_000_000L);
            assertThat(container.copy(container.tensors().get("mlp.output.bias")))
                    .containsExactly(7, 8);
            int rowsPerChunk = (1 << 28) / WIDTH;
            List<FloatBuffer> chunks = new ArrayList<>();
            for (long from = 0; from < ROWS; from += rowsPerChunk) {
                int rows = (int) Math.min(rowsPerChunk, ROWS - from);
                chunks.add(container.piece(table, from * WIDTH, rows * WIDTH));
            }
            EmbeddingTable embedding = new EmbeddingTable(ROWS, WIDTH, rowsPerChunk, chunks);
            for (int row : new int[] {0, 29_826_161, 99_999_999, 55_555_555}) {
                float[] values = new float[WIDTH];
                embedding.copyRow(row, values, 0);
                boolean isHole = row == 55_555_555;
                assertThat(values[0]).isEqualTo(isHole ? 0 : (float) (row + 1L));
                assertThat(values[1]).isEqualTo(isHole ? 0 : -(float) row);
                assertThat(values[17]).isZero();
            }
        }
    }

    @Test
    void aTensorThatIsCutOffBeyondTwoGigabytesIsNamed() throws IOException {
        Path file = huge();
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(BYTES - 100);
        }
        try (FileBytes bytes = FileBytes.inPlace(file)) {
            assertThatThrownBy(() -> SafeTensors.parse(file, bytes, 1 << 16))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageContaining("embedding.item: truncated");
        }
    }

    /** More than a block, and not a whole number of them. */
    @Test
    void whatIsWrittenInBlocksIsReadAsItWas() throws IOException {
        float[] many = new float[3 * (1 << 18) + 5];
        for (int i = 0; i < many.length; i++) {
            many[i] = i;
        }
        Path file = directory.resolve("blocks.safetensors");
        Map<String, float[]> tensors =
                Map.of("a", many, "b", new float[] {1}, "none", new float[0]);
        Map<String, int[]> shapes =
                Map.of("a", new int[] {many.length}, "b", new int[] {1}, "none", new int[] {0});
        SafeTensors.write(file, shapes, tensors);
        Map<String, float[]> read = SafeTensors.read(file);
        assertThat(read).containsOnlyKeys("a", "b", "none");
        read.forEach((name, values) -> assertThat(values).isEqualTo(tensors.get(name)));
    }
}
