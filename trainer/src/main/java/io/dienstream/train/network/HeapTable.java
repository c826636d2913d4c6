package io.dienstream.train.network;

/** Rows in one array that nothing trains. */
final class HeapTable implements RowTable {
    private final int width;
    private float[] values;

    /**
     * @param values [rows, width], not copied
     */
    HeapTable(float[] values, int width) {
        this.values = values;
        this.width = width;
    }

    @Override
    public int rows() {
        return values.length / width;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void read(int row, float[] to, int at) {
        System.arraycopy(values, row * width, to, at, width);
    }

    @Override
    public void set(float[] all) {
        values = all.clone();
    }

    @Override
    public float[] values() {
        return values.clone();
    }
}
