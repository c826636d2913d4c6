package io.dienstream.train.batch;

import io.dienstream.dien.model.ModelConfig;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * B examples side by side, as one-dimensional arrays, over U histories: candidates of one request
 * share theirs, so what depends on it alone is computed once. Histories are left-packed: position t
 * of history u is real where {@code mask} is 1; other rows are 0 there.
 */
public final class Batch {
    /** B. */
    public final int size;

    /** U, at most B. */
    public final int histories;

    /** Which history each example has, [B]. */
    public final int[] history;

    /** T of the longest history in it, at least 1. */
    public final int steps;

    /** Rows of each user field, [fields][B]. */
    public final int[][] user;

    /** Rows of each context field, [fields][B]. */
    public final int[][] context;

    /** Rows of each ad field, [fields][B]. */
    public final int[][] ads;

    /** Rows of each behavior field, [fields][U * T]. */
    public final int[][] behaviors;

    /** Rows of each field of the negative behaviors, [fields][U * T]; null without them. */
    public final int[][] negatives;

    /** 1 at real positions, [U * T]. */
    public final float[] mask;

    /** 1 at each history's last position, [U * T]. */
    public final float[] last;

    /** [B]. */
    public final float[] labels;

    /** What is added to each logit before the loss, [B]; null where nothing is. */
    public final float[] offsets;

    /**
     * What each example's loss counts, [B]; null where all count 1. Others are clicks that came so
     * late that their example had been kept as a negative, with probability w, and that stand for 1
     * / w of their kind; and labels for which clicks may still come, where they are weighted.
     */
    public final float[] weights;

    /** How many examples each stands for in measures, [B]; null where all stand for themselves. */
    public final float[] importance;

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
        history = new int[size];
        List<EncodedExample> distinct = distinctHistories(rows, history);
        histories = distinct.size();
        user = new int[config.userFields().size()][size];
        context = new int[config.contextFields().size()][size];
        ads = new int[config.adFields().size()][size];
        behaviors = new int[fields][histories * steps];
        this.negatives = negatives == null ? null : new int[fields][histories * steps];
        mask = new float[histories * steps];
        last = new float[histories * steps];
        labels = new float[size];
        offsets = rows.stream().allMatch(r -> r.example().offset() == 0) ? null : new float[size];
        boolean isPlain = rows.stream().allMatch(r -> r.example().isPlain());
        importance = isPlain ? null : new float[size];
        for (int b = 0; b < size; b++) {
            put(b, rows.get(b));
        }
        weights = isPlain ? null : weights(rows);
        for (int u = 0; u < histories; u++) {
            put(u, distinct.get(u), negatives, random);
        }
    }

    /** In order of appearance; {@code history} receives the index of each row's. */
    private static List<EncodedExample> distinctHistories(List<Row> rows, int[] history) {
        IdentityHashMap<EncodedExample, Integer> seen = new IdentityHashMap<>();
        List<EncodedExample> distinct = new ArrayList<>();
        for (int b = 0; b < rows.size(); b++) {
            EncodedExample example = rows.get(b).example();
            Integer known = seen.putIfAbsent(example, distinct.size());
            history[b] = known == null ? distinct.size() : known;
            if (known == null) {
                distinct.add(example);
            }
        }
        return distinct;
    }

    /** Candidate {@code candidate} of a request. */
    public record Row(EncodedExample example, int candidate) {
        int length(int behaviorFields) {
            return example.behaviors().length / behaviorFields;
        }
    }

    private void put(int b, Row row) {
        EncodedExample e = row.example();
        labels[b] = e.clicked()[row.candidate()] ? 1 : 0;
        if (offsets != null) {
            offsets[b] = e.offset();
        }
        if (importance != null) {
            importance[b] = e.standsFor(row.candidate());
        }
        spread(e.user(), 0, user, b);
        spread(e.context(), 0, context, b);
        spread(e.ads(), row.candidate() * ads.length, ads, b);
    }

    /** Null where all count 1. */
    private static float[] weights(List<Row> rows) {
        float[] weights = new float[rows.size()];
        boolean others = false;
        for (int b = 0; b < weights.length; b++) {
            weights[b] = rows.get(b).example().lossWeight(rows.get(b).candidate());
            others |= weights[b] != 1;
        }
        return others ? weights : null;
    }

    private void put(int u, EncodedExample e, Negatives sampler, RandomGenerator random) {
        int fields = behaviors.length;
        int length = e.behaviors().length / fields;
        for (int t = 0; t < length; t++) {
            spread(e.behaviors(), t * fields, behaviors, u * steps + t);
            mask[u * steps + t] = 1;
            if (negatives != null) {
                int[] drawn = sampler.behavior(e.behaviors(), t * fields, random);
                spread(drawn, 0, negatives, u * steps + t);
            }
        }
        if (length > 0) {
            last[u * steps + length - 1] = 1;
        }
    }

    private static void spread(int[] rows, int offset, int[][] columns, int at) {
        for (int f = 0; f < columns.length; f++) {
            columns[f][at] = rows[offset + f];
        }
    }
}
