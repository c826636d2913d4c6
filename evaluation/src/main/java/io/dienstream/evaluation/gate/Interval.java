package io.dienstream.evaluation.gate;

/**
 * An estimate with bounds that hold at all times together, but for the error allowed.
 *
 * @param estimate NaN, as the bounds, where there is none
 */
public record Interval(double estimate, double low, double high) {
    static final Interval NONE = new Interval(Double.NaN, Double.NaN, Double.NaN);

    /** Whether there is one. */
    public boolean isKnown() {
        return Double.isFinite(estimate) && Double.isFinite(low) && Double.isFinite(high);
    }
}
