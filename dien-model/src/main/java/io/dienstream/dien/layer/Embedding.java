package io.dienstream.dien.layer;

import io.dienstream.dien.model.EmbeddingTable;
import java.util.List;

/** Looks up a record's fields and concatenates their rows in field order. */
public final class Embedding {
    private final EmbeddingTable[] tables;
    private final int width;

    public Embedding(List<EmbeddingTable> tables) {
        this.tables = tables.toArray(new EmbeddingTable[0]);
        this.width = tables.stream().mapToInt(EmbeddingTable::dim).sum();
    }

    public int fields() {
        return tables.length;
    }

    public int width() {
        return width;
    }

    /**
     * @param rows one row id a field, at {@code rowsOffset}
     * @param out [width] at {@code outOffset}
     */
    public void lookup(int[] rows, int rowsOffset, float[] out, int outOffset) {
        for (int f = 0; f < tables.length; f++) {
            tables[f].copyRow(rows[rowsOffset + f], out, outOffset);
            outOffset += tables[f].dim();
        }
    }
}
