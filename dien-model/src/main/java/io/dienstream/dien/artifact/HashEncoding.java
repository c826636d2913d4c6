package io.dienstream.dien.artifact;

import io.dienstream.dien.model.IdEncoding;
import io.dienstream.dien.model.Murmur3;
import java.nio.charset.StandardCharsets;

/**
 * The {@code hash} encoding: row = 1 + (h mod (rows - 1)), h the first 64 bits of
 * MurmurHash3_x64_128 (seed 0) of the UTF-8 id, unsigned. A missing or empty id is row 0.
 */
public final class HashEncoding implements IdEncoding {
    private final int rows;

    /**
     * @param rows of the embedding, at least 2
     */
    public HashEncoding(int rows) {
        if (rows < 2) {
            throw new IllegalArgumentException("hash encoding needs rows >= 2, got rows=" + rows);
        }
        this.rows = rows;
    }

    @Override
    public int row(String id) {
        if (id == null || id.isEmpty()) {
            return 0;
        }
        long hash = Murmur3.hash64(id.getBytes(StandardCharsets.UTF_8));
        return 1 + (int) Long.remainderUnsigned(hash, rows - 1L);
    }
}
