package io.dienstream.train.batch;

import io.dienstream.dien.model.ModelConfig;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * B examples side by side, as one-dimensional arrays. Histories are left-packed: position t of row
 * b is real where {@code mask} is 1; other rows are 0 there.
 */
public final class Batch {
    /** B. */
    public final int size;

    /** T of the longest history in it, at least 1. */
    public final int steps;

    /** Rows of each user field, [fields][B]. */
    public final int[][] user;

    /** Rows of each context field, [fields][B]. */
    public final int[][] context;

    /** Rows of each ad field, [fields][B]. */
    public final int[][] ads;

    /** Rows of each behavior field, [fields][B * T]. */
    public final int[][] behaviors;

    /** Rows of each field of the negative behaviors, [fields][B * T]; null without them. */
    public final int[][] negatives;

    /** 1 at real positions, [B * T]. */
    public final float[] mask;

    /** 1 at each history's last position, [B * T]. */
    public final float[] last;

    /** [B]. */
    public final float[] labels;

    /**
     * @param rows B of them
     * @param negatives draws the auxiliary loss's negative behaviors, or null
     */
    public Batch(ModelConfig config, List<Row> rows, Negatives negatives, RandomGenerator random) {
        size = rows.size();
        int fields = config.behaviorFields().size();
        int longest = 1;
        for (Row row : rows) {
            longest = Math.max(longest, row.length(fields));
        }
        steps = longest;
        user = new int[config.userFields().size()][size];
        context = new int[config.contextFields().size()][size];
        ads = new int[config.adFields().size()][size];
        behaviors = new int[fields][size * steps];
        this.negatives = negatives == null ? null : new int[fields][size * steps];
        mask = new float[size * steps];
        last = new float[size * steps];
        labels = new float[size];
        for (int b = 0; b < size; b++) {
            put(b, rows.get(b), negatives, random);
        }
    }

    /** Candidate {@code candidate} of a request. */
    public record Row(EncodedExample example, int candidate) {
        int length(int behaviorFields) {
            return example.behaviors().length / behaviorFields;
        }
    }

    private void put(int b, Row row, Negatives sampler, RandomGenerator random) {
        EncodedExample e = row.example();
        labels[b] = e.clicked()[row.candidate()] ? 1 : 0;
        spread(e.user(), 0, user, b);
        spread(e.context(), 0, context, b);
        spread(e.ads(), row.candidate() * ads.length, ads, b);
        int fields = behaviors.length;
        int length = row.length(fields);
        for (int t = 0; t < length; t++) {
            spread(e.behaviors(), t * fields, behaviors, b * steps + t);
            mask[b * steps + t] = 1;
            if (negatives != null) {
                spread(
                        sampler.behavior(e.behaviors(), t * fields, random),
                        0,
                        negatives,
                        b * steps + t);
            }
        }
        if (length > 0) {
            last[b * steps + length - 1] = 1;
        }
    }

    private static void spread(int[] rows, int offset, int[][] columns, int at) {
        for (int f = 0; f < columns.length; f++) {
            columns[f][at] = rows[offset + f];
        }
    }
}
