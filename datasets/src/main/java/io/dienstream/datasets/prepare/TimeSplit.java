package io.dienstream.datasets.prepare;

import io.dienstream.datasets.format.Split;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

/**
 * Splits by time: the newest behaviors are the test, those before them validation.
 *
 * @param validationFrom first moment of validation, ms
 * @param testFrom first moment of the test, ms
 */
record TimeSplit(long validationFrom, long testFrom) {
    private static final int SAMPLE = 1_000_000;

    /** Cuts at the quantiles that the shares ask for, of a sample where there are very many. */
    static TimeSplit of(InteractionStore store, PrepareSettings settings) throws IOException {
        long[] sample = new long[(int) Math.min(SAMPLE, store.size())];
        long[] seen = {0};
        Random random = new Random(settings.seed());
        store.forEachUser(
                (user, rows) -> {
                    for (InteractionStore.Row row : rows) {
                        long at = seen[0]++;
                        if (at >= sample.length) {
                            at = random.nextLong(seen[0]); // reservoir sampling
                        }
                        if (at < sample.length) {
                            sample[(int) at] = row.timestamp();
                        }
                    }
                });
        // repeats are not seen, so there may be fewer than were counted
        long[] times = Arrays.copyOf(sample, (int) Math.min(sample.length, seen[0]));
        Arrays.sort(times);
        return of(times, settings.validationShare(), settings.testShare());
    }

    /** Cuts sorted times at the quantiles that the shares ask for. */
    static TimeSplit of(long[] times, double validationShare, double testShare) {
        return new TimeSplit(
                quantile(times, 1 - testShare - validationShare), quantile(times, 1 - testShare));
    }

    private static long quantile(long[] sorted, double share) {
        int at = (int) Math.floor(share * sorted.length);
        return at >= sorted.length ? Long.MAX_VALUE : sorted[Math.max(0, at)];
    }

    Split of(long timestamp) {
        if (timestamp >= testFrom) {
            return Split.TEST;
        }
        return timestamp >= validationFrom ? Split.VALIDATION : Split.TRAIN;
    }
}
