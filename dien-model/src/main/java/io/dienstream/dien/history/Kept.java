package io.dienstream.dien.history;

/**
 * How much of a user's past is kept beyond what the model in use sees of it, for models that see
 * more.
 *
 * @param least how many behaviors are kept at least, where there are so many
 * @param most how many at most; not fewer than any model's L
 * @param otherFields whether behaviors keep the fields that the model does not have
 */
public record Kept(int least, int most, boolean otherFields) {
    /** What any model that a history was of has needed. */
    public static final Kept WHAT_WAS_NEEDED = new Kept(0, Integer.MAX_VALUE, true);

    /**
     * How many behaviors have to be kept at least, so that each of several models finds what the
     * rule for its L leaves it. Of one model alone no more than it sees are kept, which just after
     * some have left is less than a model with an L that is only a little shorter sees: one more
     * than L, and the newest of so many always stay.
     *
     * @param longest the largest L
     * @param second the largest of those that are smaller; 0 for none
     */
    public static int needed(int longest, int second) {
        int fewest = longest + 1 - Retention.leaving(longest + 1, longest);
        return second > fewest ? longest + 1 : longest;
    }

    /**
     * How many behaviors a history keeps under a model.
     *
     * @param maxLength L of the model
     * @param before what the history has kept so far; 0 for a new one
     */
    int limit(int maxLength, int before) {
        return Math.max(maxLength, Math.min(most, Math.max(least, before)));
    }
}
