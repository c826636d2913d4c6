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
 */
public record EncodedExample(
        int[] user,
        int[] context,
        int[] behaviors,
        int[] ads,
        boolean[] clicked,
        boolean[] sampled) {

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
                sampled);
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
