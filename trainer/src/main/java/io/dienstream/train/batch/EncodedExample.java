package io.dienstream.train.batch;

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

    /** Integers held, for bounding a buffer. */
    int size() {
        return user.length + context.length + behaviors.length + ads.length + clicked.length;
    }
}
