package io.dienstream.dien.layer;

import io.dienstream.dien.kernel.Tile;

/**
 * Which steps may be left out of the evolution. Under a gate a_t u, and under a_t alone, a step
 * moves each number of the state by at most 2 a_t, since states and candidates lie within -1 and 1;
 * so the steps of least weight are left out whose weights together, for the candidate of the tile
 * that gives them most, are at most the tail.
 */
final class AttentionTail {
    private static final int HALVINGS = 14;

    /** Largest weight that any candidate gives to step t. */
    private final float[] largest;

    AttentionTail(int maxSteps) {
        largest = new float[maxSteps];
    }

    /**
     * Looks at a tile's weights.
     *
     * @param weights a_t, {@code steps} features at {@code stride}
     * @return a threshold: the steps whose {@link #largest} is not above may be left out
     */
    float threshold(float tail, float[] weights, int steps, int stride, Tile tile) {
        for (int t = 0; t < steps; t++) {
            float max = 0;
            for (int n = 0; n < tile.candidates(); n++) {
                max = Math.max(max, weights[tile.at(t, n, stride)]);
            }
            largest[t] = max;
        }
        float low = 0;
        float high = tail;
        for (int i = 0; i < HALVINGS; i++) {
            float middle = (low + high) / 2;
            if (sumUpTo(middle, steps) <= tail) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private float sumUpTo(float threshold, int steps) {
        float sum = 0;
        for (int t = 0; t < steps; t++) {
            sum += largest[t] <= threshold ? largest[t] : 0;
        }
        return sum;
    }

    /** The largest weight of step t in the tile looked at. */
    float largest(int t) {
        return largest[t];
    }
}
