package io.dienstream.sandbox.soak;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How one measure went: the median of the later half of its samples against that of the earlier
 * half, which neither a collection at the wrong moment nor the saw of a buffer moves. They are half
 * of all samples apart, so what was gained between first and last is twice their difference.
 *
 * @param first sample, in units of the measure
 * @param last sample
 * @param perHour what was gained, by the hour
 * @param grown what was gained between first and last sample
 * @param allowed most of it
 * @param samples how many
 */
record Growth(
        Measure measure,
        double first,
        double last,
        double perHour,
        double grown,
        double allowed,
        int samples) {
    private static final double SECONDS_PER_HOUR = 3600;

    /** Fewer say nothing about a trend. */
    static final int LEAST_SAMPLES = 6;

    /**
     * @param seconds [n] when each was taken, growing
     * @param raw [n] as measured
     * @throws IllegalArgumentException with fewer than {@link #LEAST_SAMPLES}
     */
    static Growth of(Measure measure, double[] seconds, double[] raw) {
        int n = raw.length;
        if (n < LEAST_SAMPLES) {
            throw new IllegalArgumentException("samples=" + n + " needed=" + LEAST_SAMPLES);
        }
        double[] earlier = Arrays.copyOfRange(raw, 0, n / 2);
        double[] later = Arrays.copyOfRange(raw, n - n / 2, n);
        double grown = measure.shown(2 * (median(later) - median(earlier)));
        return new Growth(
                measure,
                measure.shown(raw[0]),
                measure.shown(raw[n - 1]),
                grown / (seconds[n - 1] - seconds[0]) * SECONDS_PER_HOUR,
                grown,
                measure.allowed(measure.shown(median(raw))),
                n);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Whether it grew by more than noise. */
    boolean isLeak() {
        return grown > allowed;
    }

    /** A table of them, a line each, the header first. */
    static List<String> table(List<Growth> all) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "%-22s %10s %10s %12s %10s %10s"
                        .formatted("", "first", "last", "trend/hour", "grown", "allowed"));
        for (Growth g : all) {
            lines.add(
                    "%-22s %10.1f %10.1f %+12.1f %+10.1f %10.1f  %s"
                            .formatted(
                                    (g.measure.title() + " " + g.measure.unit()).trim(),
                                    g.first,
                                    g.last,
                                    g.perHour,
                                    g.grown,
                                    g.allowed,
                                    g.isLeak() ? "GROWS" : "ok"));
        }
        return lines;
    }
}
