package io.dienstream.bench;

import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.ModelConfig;

/**
 * How much arithmetic the exact answer takes: multiplications and additions of matrix products,
 * nothing else counted.
 */
public final class Operations {
    private static final int GATES = 3;

    private Operations() {}

    /**
     * Of one candidate of a dien model over T steps: attention, AUGRU and MLP, without what a
     * request's candidates share.
     *
     * @throws IllegalArgumentException on another architecture
     */
    public static double ofCandidate(ModelConfig c, int steps) {
        if (c.architecture() != Architecture.DIEN && c.architecture() != Architecture.AUGRU) {
            throw new IllegalArgumentException("operations of " + c.architecture());
        }
        int h = c.hidden();
        int e = c.adWidth();
        double evolution = (double) GATES * h * h * steps;
        double attention = (double) h * e + (double) h * steps;
        if (c.attention() == AttentionType.MLP) {
            int first = 80;
            int second = 40;
            double perPair = (double) first * h + (double) second * first + second;
            attention = (double) h * e + (double) first * h + perPair * steps;
        }
        int width = e + e + h;
        double mlp = 0;
        for (int layer : c.mlp().hidden()) {
            mlp += (double) layer * width;
            width = layer;
        }
        return 2 * (evolution + attention + mlp + width);
    }
}
