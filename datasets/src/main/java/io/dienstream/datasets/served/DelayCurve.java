package io.dienstream.datasets.served;

import java.util.Arrays;

/** F(e): the share of clicks that come within e of their impression, as it was measured. */
final class DelayCurve {
    /** From impression to click, ms, ascending. */
    private final long[] delays;

    /**
     * @param delays of all clicks of some impressions, ms, in any order; at least one
     */
    DelayCurve(long[] delays) {
        this.delays = delays.clone();
        Arrays.sort(this.delays);
    }

    /** How many clicks it is of. */
    int clicks() {
        return delays.length;
    }

    /**
     * F(e), in [0, 1].
     *
     * @param age e, ms
     */
    double share(long age) {
        int low = 0;
        int high = delays.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (delays[middle] <= age) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return (double) low / delays.length;
    }
}
