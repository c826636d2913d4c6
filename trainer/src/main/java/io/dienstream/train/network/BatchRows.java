package io.dienstream.train.network;

import ai.djl.ndarray.NDArray;

/**
 * Rows that a batch took out of a table.
 *
 * @param embedding whose table it is
 * @param rows their numbers, each once: the first {@code count}
 * @param values [count, width], a leaf whose gradient is that of these rows
 */
public record BatchRows(String embedding, int[] rows, int count, NDArray values) {}
