package io.dienstream.train.fit;

import io.dienstream.train.network.RowTable;
import java.util.Arrays;

/**
 * An embedding with Adam's moments of each row beside it, and where weights are averaged the
 * average: three or four times the table. A row is brought up to date when a step touches it or
 * somebody reads it, by what {@link UpdateHistory} says of the updates that left it alone, so that
 * it comes out as if every update had gone over the whole table. Only the running average differs
 * from that: for the updates between two touches it takes the row as it is at the later one.
 */
final class TrainedTable implements RowTable {
    private static final int CHUNK_BITS = 14;
    private static final int HALF_BITS = 16;

    /** What a table consists of, each [rows, width]. */
    enum Part {
        WEIGHT(0),
        MEAN(1),
        VARIANCE(2),
        AVERAGE(3);

        private final int place;

        Part(int place) {
            this.place = place;
        }
    }

    private final int rows;
    private final int width;
    private final UpdateHistory history;
    private final boolean averages;
    private final int stride;
    private final float[][] chunks;
    private final int[] touched;
    private boolean showsAverage;

    /**
     * @param values [rows, width], row-major; the average begins there too
     * @param averages whether there is one
     */
    TrainedTable(float[] values, int width, boolean averages, UpdateHistory history) {
        this.width = width;
        this.history = history;
        this.averages = averages;
        rows = values.length / width;
        stride = width * (averages ? 4 : 3);
        touched = new int[rows];
        chunks = new float[((rows - 1) >> CHUNK_BITS) + 1][];
        for (int c = 0; c < chunks.length; c++) {
            chunks[c] = new float[Math.min(1 << CHUNK_BITS, rows - (c << CHUNK_BITS)) * stride];
        }
        write(Part.WEIGHT, values);
        beginAverage();
    }

    private float[] chunk(int row) {
        return chunks[row >> CHUNK_BITS];
    }

    private int start(int row) {
        return (row & ((1 << CHUNK_BITS) - 1)) * stride;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int width() {
        return width;
    }

    /** Whether averages are read in place of weights. */
    void showAverage(boolean shows) {
        showsAverage = shows && averages;
    }

    @Override
    public void read(int row, float[] to, int at) {
        float[] chunk = chunk(row);
        int w = start(row);
        int stamp = touched[row];
        if (stamp == history.size()) {
            int from = showsAverage ? w + 3 * width : w;
            System.arraycopy(chunk, from, to, at, width);
            return;
        }
        float left = history.weight(stamp);
        float drift = history.drift(stamp);
        float epsilon = history.epsilon(stamp);
        for (int d = 0; d < width; d++) {
            to[at + d] = chunk[w + d] * left - drift * direction(chunk, w + width + d, epsilon);
        }
        if (showsAverage) {
            float old = history.average(stamp);
            for (int d = 0; d < width; d++) {
                to[at + d] = old * chunk[w + 3 * width + d] + (1 - old) * to[at + d];
            }
        }
    }

    /** m / (sqrt(v) + epsilon), m at {@code m}. */
    private float direction(float[] chunk, int m, float epsilon) {
        return chunk[m] / ((float) Math.sqrt(chunk[m + width]) + epsilon);
    }

    @Override
    public void touch(int row) {
        if (touched[row] != history.size()) {
            catchUp(row);
        }
    }

    private void catchUp(int row) {
        float[] chunk = chunk(row);
        int w = start(row);
        int m = w + width;
        int v = m + width;
        int stamp = touched[row];
        float left = history.weight(stamp);
        float drift = history.drift(stamp);
        float epsilon = history.epsilon(stamp);
        float mean = history.mean(stamp);
        float variance = history.variance(stamp);
        for (int d = 0; d < width; d++) {
            chunk[w + d] = chunk[w + d] * left - drift * direction(chunk, m + d, epsilon);
            chunk[m + d] *= mean;
            chunk[v + d] *= variance;
        }
        if (averages) {
            average(chunk, w, history.average(stamp));
        }
        touched[row] = history.size();
    }

    private void average(float[] chunk, int w, float old) {
        int a = w + 3 * width;
        for (int d = 0; d < width; d++) {
            chunk[a + d] = old * chunk[a + d] + (1 - old) * chunk[w + d];
        }
    }

    /**
     * Adam's update of touched rows, the last one that the history has.
     *
     * @param distinct row numbers, the first {@code count} of them
     * @param gradient [count, width], row-major
     * @param rescale of the gradient
     * @param corrected learning rate
     */
    void update(int[] distinct, int count, float[] gradient, float rescale, float corrected) {
        float lost = history.lastLoss();
        float old = (float) history.averageDecay();
        for (int n = 0; n < count; n++) {
            int row = distinct[n];
            float[] chunk = chunk(row);
            int w = start(row);
            update(chunk, w, gradient, n * width, rescale, corrected, lost);
            if (averages) {
                average(chunk, w, old);
            }
            touched[row] = history.size();
        }
    }

    private void update(
            float[] chunk,
            int w,
            float[] gradient,
            int from,
            float rescale,
            float corrected,
            float lost) {
        int m = w + width;
        int v = m + width;
        for (int d = 0; d < width; d++) {
            float g = gradient[from + d] * rescale;
            chunk[m + d] = chunk[m + d] * Adam.BETA_1 + (1 - Adam.BETA_1) * g;
            chunk[v + d] = chunk[v + d] * Adam.BETA_2 + (1 - Adam.BETA_2) * g * g;
            chunk[w + d] -= chunk[w + d] * lost;
            chunk[w + d] -= corrected * direction(chunk, m + d, Adam.EPSILON);
        }
    }

    /**
     * Brings moments, not weights, up to date.
     *
     * @param halves stamps of the first rows, as {@link #stamps} gives them; null where they are
     * @param before that the stamps are of
     */
    void decayMoments(float[] halves, UpdateHistory before) {
        int stamped = halves == null ? 0 : halves.length / 2;
        for (int row = 0; row < stamped; row++) {
            float[] chunk = chunk(row);
            int m = start(row) + width;
            int v = m + width;
            int stamp = stamp(halves, row);
            float mean = before.mean(stamp);
            float variance = before.variance(stamp);
            for (int d = 0; d < width; d++) {
                chunk[m + d] *= mean;
                chunk[v + d] *= variance;
            }
        }
    }

    /** Brings every row up to date. */
    void catchUp() {
        for (int row = 0; row < rows; row++) {
            touch(row);
        }
    }

    /** Moments go on from where they are, up to date; so does the average. */
    @Override
    public void set(float[] values) {
        catchUp();
        write(Part.WEIGHT, values);
    }

    /** The average begins anew from the weights. */
    void beginAverage() {
        if (averages) {
            write(Part.AVERAGE, read(Part.WEIGHT));
        }
    }

    @Override
    public float[] values() {
        float[] values = new float[Math.multiplyExact(rows, width)];
        for (int row = 0; row < rows; row++) {
            read(row, values, row * width);
        }
        return values;
    }

    /** One part as it lies here, rows not brought up to date. */
    float[] read(Part part) {
        float[] values = new float[Math.multiplyExact(rows, width)];
        int offset = part.place * width;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(chunk(row), start(row) + offset, values, row * width, width);
        }
        return values;
    }

    /** Puts one part back. */
    void write(Part part, float[] values) {
        int offset = part.place * width;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(values, row * width, chunk(row), start(row) + offset, width);
        }
    }

    /** The stamp of each row, in two halves that a float holds exactly: [rows, 2]. */
    float[] stamps() {
        float[] halves = new float[Math.multiplyExact(rows, 2)];
        for (int row = 0; row < rows; row++) {
            halves[2 * row] = touched[row] >>> HALF_BITS;
            halves[2 * row + 1] = touched[row] & ((1 << HALF_BITS) - 1);
        }
        return halves;
    }

    /**
     * Puts stamps back.
     *
     * @param halves as {@link #stamps} gives them; null where every row is up to date
     */
    void restoreStamps(float[] halves) {
        if (halves == null) {
            Arrays.fill(touched, history.size());
            return;
        }
        for (int row = 0; row < rows; row++) {
            touched[row] = stamp(halves, row);
        }
    }

    private static int stamp(float[] halves, int row) {
        return ((int) halves[2 * row] << HALF_BITS) | (int) halves[2 * row + 1];
    }
}
