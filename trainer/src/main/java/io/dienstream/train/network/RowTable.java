package io.dienstream.train.network;

/**
 * An embedding, [rows, width], outside of the engine: a step takes out the rows that its batch
 * looks up and no others, so that what it costs does not depend on how many there are.
 */
public interface RowTable {
    int rows();

    /** Floats of a row. */
    int width();

    /** Copies a row, as it is now, to {@code to[at .. at + width)}. */
    void read(int row, float[] to, int at);

    /** Says that a step is about to read a row and to change it. */
    default void touch(int row) {}

    /**
     * Gives all rows values.
     *
     * @param values [rows, width], row-major
     */
    void set(float[] values);

    /**
     * A copy of all rows as they are now, row-major.
     *
     * @throws ArithmeticException where they are more floats than an array holds
     */
    float[] values();
}
