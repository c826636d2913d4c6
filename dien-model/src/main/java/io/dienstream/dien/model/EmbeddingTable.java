package io.dienstream.dien.model;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * One embedding, [rows, dim], left where it lies (normally a memory-mapped file, so that all slots
 * of a process share its pages). Tables above 2 GiB come in several pieces of {@code rowsPerChunk}
 * rows each.
 */
public final class EmbeddingTable {
    private final int rows;
    private final int dim;
    private final int rowsPerChunk;
    private final FloatBuffer[] chunks;

    /**
     * @param chunks each [rowsPerChunk, dim], the last one possibly shorter
     */
    public EmbeddingTable(int rows, int dim, int rowsPerChunk, List<FloatBuffer> chunks) {
        this.rows = rows;
        this.dim = dim;
        this.rowsPerChunk = rowsPerChunk;
        this.chunks = chunks.toArray(new FloatBuffer[0]);
    }

    /** A table on the heap. */
    public static EmbeddingTable of(int rows, int dim, float[] data) {
        return new EmbeddingTable(rows, dim, rows, List.of(FloatBuffer.wrap(data)));
    }

    public int rows() {
        return rows;
    }

    public int dim() {
        return dim;
    }

    /** Copies one row to {@code out[offset .. offset + dim)}. */
    public void copyRow(int row, float[] out, int offset) {
        if (row < 0 || row >= rows) {
            throw new IndexOutOfBoundsException("embedding row=" + row + " of rows=" + rows);
        }
        int chunk = row / rowsPerChunk;
        chunks[chunk].get((row - chunk * rowsPerChunk) * dim, out, offset, dim);
    }
}
