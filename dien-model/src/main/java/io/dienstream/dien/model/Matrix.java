package io.dienstream.dien.model;

/**
 * A dense weight matrix.
 *
 * @param rows outputs
 * @param cols inputs
 * @param data [rows, cols], row-major
 */
public record Matrix(int rows, int cols, float[] data) {
    public Matrix {
        if (data.length != rows * cols) {
            throw new IllegalArgumentException(
                    "matrix length=" + data.length + " is not rows=" + rows + " * cols=" + cols);
        }
    }

    public float get(int row, int col) {
        return data[row * cols + col];
    }
}
