package io.dienstream.datasets.prepare;

import java.util.ArrayDeque;
import java.util.random.RandomGenerator;

/**
 * Draws indices with given weights in constant time by Vose's alias method (IEEE Transactions on
 * Software Engineering 17, 1991): each cell is split between its own index and one alias.
 */
public final class PopularitySampler {
    /** Chance of staying in the cell, [n]. */
    private final double[] own;

    /** [n]. */
    private final int[] alias;

    /**
     * @param weights [n], at least one positive, none negative
     */
    public PopularitySampler(double[] weights) {
        int n = weights.length;
        double sum = 0;
        for (double w : weights) {
            if (!(w >= 0)) {
                throw new IllegalArgumentException("weight=" + w);
            }
            sum += w;
        }
        if (!(sum > 0)) {
            throw new IllegalArgumentException("no weight is positive, n=" + n);
        }
        own = new double[n];
        alias = new int[n];
        ArrayDeque<Integer> small = new ArrayDeque<>();
        ArrayDeque<Integer> large = new ArrayDeque<>();
        for (int i = 0; i < n; i++) {
            own[i] = weights[i] * n / sum;
            alias[i] = i;
            (own[i] < 1 ? small : large).add(i);
        }
        while (!small.isEmpty() && !large.isEmpty()) {
            int s = small.remove();
            int l = large.remove();
            alias[s] = l;
            own[l] -= 1 - own[s];
            (own[l] < 1 ? small : large).add(l);
        }
        // what is left over is 1 but for rounding
        small.forEach(i -> own[i] = 1);
        large.forEach(i -> own[i] = 1);
    }

    /** An index, drawn with its weight. */
    public int next(RandomGenerator random) {
        int cell = random.nextInt(own.length);
        return random.nextDouble() < own[cell] ? cell : alias[cell];
    }
}
