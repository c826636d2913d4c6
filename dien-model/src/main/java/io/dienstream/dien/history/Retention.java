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
}
