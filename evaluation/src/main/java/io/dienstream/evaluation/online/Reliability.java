package io.dienstream.evaluation.online;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Calibration by prediction: what was said and what was clicked where the logit is in [{@code
 * logit}, {@code logit} + {@link #WIDTH}).
 *
 * @param logit at which the bucket begins
 * @param predicted weighted sum of pCTR, each taken as that of the middle of its bin of the sketch:
 *     at most 0.4 % off
 * @param clicks weight of clicks
 * @param impressions weight of all
 */
public record Reliability(double logit, double predicted, double clicks, double impressions) {
    /** Of a bucket, in logits. */
    public static final double WIDTH = 0.5;

    private static final int BINS = (int) (WIDTH / LogitSketch.WIDTH);

    /** The buckets of {@code sketch} that hold something, lowest first. */
    public static List<Reliability> of(LogitSketch sketch) {
        SortedMap<Integer, double[]> buckets = new TreeMap<>();
        sketch.forEach(
                (bin, positive, negative) -> {
                    double[] sums = buckets.computeIfAbsent(bin / BINS, b -> new double[3]);
                    double pctr = 1 / (1 + Math.exp(-LogitSketch.logit(bin)));
                    sums[0] += (positive + negative) * pctr;
                    sums[1] += positive;
                    sums[2] += positive + negative;
                });
        List<Reliability> list = new ArrayList<>();
        buckets.forEach(
                (bucket, s) ->
                        list.add(
                                new Reliability(
                                        LogitSketch.LOWEST + bucket * WIDTH, s[0], s[1], s[2])));
        return list;
    }
}
