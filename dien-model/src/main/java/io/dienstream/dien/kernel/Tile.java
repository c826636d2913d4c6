package io.dienstream.dien.kernel;

/**
 * Candidates that are worked on together, and how they lie in flat arrays. Two layouts:
 *
 * <ul>
 *   <li>lanes: [features, candidates]; a vector register holds one feature of many candidates
 *   <li>vectors: [candidates, stride]; a register holds neighboring features of one candidate, and
 *       each candidate's features are padded to a stride
 * </ul>
 *
 * The first shares every weight among its lanes and is for many candidates; the second wastes
 * nothing on few. Which is taken is the kernels' choice: {@link Kernels#tile}.
 */
public final class Tile {
    private final boolean lanes;
    private final int candidates;

    private Tile(boolean lanes, int candidates) {
        this.lanes = lanes;
        this.candidates = candidates;
    }

    /** Candidates as lanes, as many as a register holds or twice as many. */
    public static Tile ofLanes(int candidates) {
        return new Tile(true, candidates);
    }

    /** Candidates as vectors. */
    public static Tile ofVectors(int candidates) {
        return new Tile(false, candidates);
    }

    /** One vector. */
    public static Tile ofVector() {
        return new Tile(false, 1);
    }

    /** Whether candidates are lanes. */
    public boolean isLanes() {
        return lanes;
    }

    /** Candidates it has room for; lanes that no candidate needs are computed all the same. */
    public int candidates() {
        return candidates;
    }

    /**
     * Where a number lies.
     *
     * @param stride of the array's features, {@link Kernels#stride}
     */
    public int at(int feature, int candidate, int stride) {
        return lanes ? feature * candidates + candidate : candidate * stride + feature;
    }

    /** Copies {@code width} features to a place among those of a wider array. */
    public void copy(
            float[] from, int fromStride, int width, float[] to, int toFeature, int toStride) {
        if (lanes) {
            System.arraycopy(from, 0, to, toFeature * candidates, width * candidates);
            return;
        }
        for (int n = 0; n < candidates; n++) {
            System.arraycopy(from, n * fromStride, to, n * toStride + toFeature, width);
        }
    }
}
