package io.dienstream.dien.history;

/**
 * How many behaviors a user keeps: when one arrives at a full history of L, the oldest ceil(L/4)
 * leave. The stream and the preparation of training data both ask here, so that a model is trained
 * on the histories it will be served with.
 */
public final class Retention {
    private Retention() {}

    /**
     * How many of the oldest behaviors leave.
     *
     * @param size behaviors in the history, the newest included; at most L + 1
     * @param maxLength L, at least 1
     */
    public static int leaving(int size, int maxLength) {
        return size > maxLength ? (maxLength + 3) / 4 : 0;
    }

    /**
     * Where the retained behaviors begin after each number of behaviors that arrived in order.
     *
     * @param arrived most behaviors
     * @param maxLength L, at least 1
     * @return [arrived + 1]: after n behaviors those from element n to n - 1 are retained
     */
    public static int[] starts(int arrived, int maxLength) {
        int[] starts = new int[arrived + 1];
        for (int n = 1; n <= arrived; n++) {
            starts[n] = starts[n - 1] + leaving(n - starts[n - 1], maxLength);
        }
        return starts;
    }
}
