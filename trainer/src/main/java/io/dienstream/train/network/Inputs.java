package io.dienstream.train.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import io.dienstream.train.batch.Batch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A batch on the engine's device: B examples, U histories, T steps. The arrays of a step look at
 * one buffer outside the heap that is used again in the next step: a new one each time would be
 * given back only when the collector gets to it, and the process would grow.
 */
final class Inputs {
    /** [B] each. */
    final NDArray[] user;

    /** [B] each. */
    final NDArray[] context;

    /** [B] each. */
    final NDArray[] ads;

    /** [U, T] each. */
    final NDArray[] behaviors;

    /** [U, T] each, or null. */
    final NDArray[] negatives;

    /** [U, T], 1 at real positions. */
    final NDArray mask;

    /** [U, T], 1 at each history's last position. */
    final NDArray last;

    /** [B]. */
    final NDArray labels;

    /** [B], or null. */
    final NDArray offsets;

    /** [B], or null. */
    final NDArray weights;

    /** Each example's history, [B]; null where example b has history b. */
    private final NDArray history;

    /** A buffer that is used step after step. */
    static final class Staging {
        private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
        private int used;

        private void reset(long bytes) {
            if (buffer.capacity() < bytes) {
                long roomy = Math.max(bytes, Math.min(2 * bytes, 1 << 30));
                buffer = ByteBuffer.allocateDirect(Math.toIntExact(roomy));
            }
            used = 0;
        }

        private ByteBuffer take(int bytes) {
            ByteBuffer piece = buffer.slice(used, bytes).order(ByteOrder.nativeOrder());
            used += bytes;
            return piece;
        }
    }

    /**
     * @param lookup what the batch looks up
     * @param rowFloats of all rows that are taken out of tables
     */
    Inputs(Batch batch, Lookup lookup, long rowFloats, NDManager manager, Staging staging) {
        int columns = batch.user.length + batch.context.length + batch.ads.length + 4;
        int grids = 2 * batch.behaviors.length + 2;
        long cells = (long) batch.histories * batch.steps;
        staging.reset(((long) columns * batch.size + grids * cells + rowFloats) * Float.BYTES);
        Shape column = new Shape(batch.size);
        Shape grid = new Shape(batch.histories, batch.steps);
        user = rows(lookup.user, column, manager, staging);
        context = rows(lookup.context, column, manager, staging);
        ads = rows(lookup.ads, column, manager, staging);
        behaviors = rows(lookup.behaviors, grid, manager, staging);
        negatives =
                lookup.negatives == null ? null : rows(lookup.negatives, grid, manager, staging);
        mask = floats(batch.mask, grid, manager, staging);
        last = floats(batch.last, grid, manager, staging);
        labels = floats(batch.labels, column, manager, staging);
        offsets = batch.offsets == null ? null : floats(batch.offsets, column, manager, staging);
        weights = batch.weights == null ? null : floats(batch.weights, column, manager, staging);
        history =
                batch.histories == batch.size
                        ? null
                        : rows(new int[][] {batch.history}, column, manager, staging)[0];
    }

    /**
     * Gives each example what was computed of its history.
     *
     * @param x [U, ..]
     * @return [B, ..]
     */
    NDArray toExamples(NDArray x) {
        if (history == null) {
            return x;
        }
        Shape shape = x.getShape();
        // a lookup's gradient adds rows up; that of indexing is many times slower
        NDArray rows =
                x.getNDArrayInternal()
                        .embedding(
                                history, x.reshape(new Shape(shape.get(0), -1)), SparseFormat.DENSE)
                        .singletonOrThrow();
        long[] all = shape.getShape().clone();
        all[0] = history.getShape().get(0);
        return rows.reshape(new Shape(all));
    }

    private static NDArray[] rows(int[][] fields, Shape shape, NDManager m, Staging staging) {
        NDArray[] arrays = new NDArray[fields.length];
        for (int f = 0; f < fields.length; f++) {
            ByteBuffer piece = staging.take(fields[f].length * Integer.BYTES);
            piece.asIntBuffer().put(fields[f]);
            arrays[f] = m.create(piece, shape, DataType.INT32);
        }
        return arrays;
    }

    /**
     * Rows of a table, which the arrays of a lookup point at.
     *
     * @param training whether the step is to change them
     * @return [count, width]
     */
    static NDArray rows(
            RowTable table, DistinctRows distinct, boolean training, NDManager m, Staging staging) {
        int width = table.width();
        float[] values = new float[distinct.count() * width];
        for (int place = 0; place < distinct.count(); place++) {
            int row = distinct.rows()[place];
            if (training) {
                table.touch(row);
            }
            table.read(row, values, place * width);
        }
        return floats(values, new Shape(distinct.count(), width), m, staging);
    }

    private static NDArray floats(float[] values, Shape shape, NDManager m, Staging staging) {
        ByteBuffer piece = staging.take(values.length * Float.BYTES);
        piece.asFloatBuffer().put(values);
        return m.create(piece, shape, DataType.FLOAT32);
    }
}
