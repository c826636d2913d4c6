package io.dienstream.dien.history;

/**
 * How many behaviors a user keeps: when one arrives at a full history of L, the oldest ceil(L/4)
 * leave. {@link InterestHistory} alone asks; who needs the rule without a model has {@link
 * RetainedBehaviors}.
 */
final class Retention {
    private Retention() {}

    /**
     * How many of the oldest behaviors leave.
     *
     * @param size behaviors in the history, the newest included; at most L + 1
     * @param maxLength L, at least 1
     */
    static int leaving(int size, int maxLength) {
        return size > maxLength ? (maxLength + 3) / 4 : 0;
    }

    /**
     * How many of a user's newest behaviors a model with L sees: those that the rule has left it
     * when {@code placed} have arrived.
     *
     * @param placed behaviors so far, at least 0
     * @param maxLength L, at least 1
     */
    static int seen(long placed, int maxLength) {
        if (placed <= maxLength) {
            return (int) placed;
        }
        int step = leaving(maxLength + 1, maxLength);
        long evictions = (placed - maxLength + step - 1) / step;
        return (int) (placed - evictions * step);
    }
}
