package io.dienstream.train.batch;

import java.util.random.RandomGenerator;

/**
 * A training request as row ids.
 *
 * @param user [user fields]
 * @param context [context fields]
 * @param behaviors [T, behavior fields], oldest first
 * @param ads [N, ad fields]
 * @param clicked [N]
 * @param sampled [N], whether the candidate was drawn as a negative
 * @param offset -ln w, 0 where all negatives were kept: see {@link #offset(double)}
 * @param importance [N], how many examples the candidate stands for, 1 / the probability with which
 *     it was kept; null where all were
 * @param weights [N], what the candidate's label counts where clicks may still come; null where all
 *     count 1
 */
public record EncodedExample(
        int[] user,
        int[] context,
        int[] behaviors,
        int[] ads,
        boolean[] clicked,
        boolean[] sampled,
        float offset,
        float[] importance,
        float[] weights) {

    /** A request of which every candidate was kept, and every label is final. */
    public EncodedExample(
            int[] user,
            int[] context,
            int[] behaviors,
            int[] ads,
            boolean[] clicked,
            boolean[] sampled) {
        this(user, context, behaviors, ads, clicked, sampled, 0, null, null);
    }

    /**
     * What is added to a logit before the loss where negatives were kept with probability w, of
     * clicked and unclicked candidates alike.
     *
     * <p>With s(z) = p the click probability among all candidates, the odds among those that were
     * kept are p / (w (1 - p)): of the unclicked only the share w is left. So the logit among those
     * kept is z - ln w. The log loss of the kept candidates is therefore taken of z - ln w, and z,
     * which is what the artifact serves, is calibrated to all.
     *
     * @param w in (0, 1]
     * @throws IllegalArgumentException where w is none
     */
    public static float offset(double w) {
        if (!(w > 0 && w <= 1)) {
            throw new IllegalArgumentException("the rate of negatives is " + w + ", not in (0, 1]");
        }
        return (float) -Math.log(w);
    }

    /** Whether every candidate counts 1, in the loss and in measures. */
    boolean isPlain() {
        return importance == null && weights == null;
    }

    /** How many examples candidate n stands for in measures. */
    float standsFor(int n) {
        return weight(n) * (importance == null ? 1 : importance[n]);
    }

    /**
     * What the loss of candidate n counts. Negatives count their label's weight alone: the offset
     * makes up for those that are not there. A click that was kept as a negative, with probability
     * w, and came late, stands for 1 / w of its kind.
     */
    float lossWeight(int n) {
        return clicked[n] ? standsFor(n) : weight(n);
    }

    private float weight(int n) {
        return weights == null ? 1 : weights[n];
    }

    /** N. */
    public int candidates() {
        return clicked.length;
    }

    /** A copy in which each id is turned into row 0 with a given probability. */
    EncodedExample withUnknown(double rate, RandomGenerator random) {
        return new EncodedExample(
                some(user, rate, random),
                some(context, rate, random),
                some(behaviors, rate, random),
                some(ads, rate, random),
                clicked,
                sampled,
                offset,
                importance,
                weights);
    }

    /** The same with other ads. */
    EncodedExample withAds(int[] others) {
        return new EncodedExample(
                user, context, behaviors, others, clicked, sampled, offset, importance, weights);
    }

    /** A copy of {@code rows} in which each is turned into row 0 with a given probability. */
    static int[] some(int[] rows, double rate, RandomGenerator random) {
        int[] result = rows.clone();
        for (int i = 0; i < result.length; i++) {
            if (random.nextDouble() < rate) {
                result[i] = 0;
            }
        }
        return result;
    }

    /** Integers held, for bounding a buffer. */
    int size() {
        return user.length + context.length + behaviors.length + ads.length + clicked.length;
    }
}
