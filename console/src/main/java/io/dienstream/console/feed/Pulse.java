package io.dienstream.console.feed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * Rates, answer times and predictions, second by second, for the last minutes. Of fixed size;
 * thread safe.
 */
public final class Pulse {
    /** Upper bounds of the bins of pCTR: a fifth of a decade each, from 0.0001 to 1. */
    public static final int BINS = 20;

    private static final int BINS_PER_DECADE = 5;
    private static final int DECADES = 4;
    private static final int MOST_VERSIONS = 8;
    private static final int MINUTE = 60;
    private static final double[] QUANTILES = {50, 99};
    private static final long LONGEST_MS = 3_600_000;

    private final int most;
    private final Deque<Second> closed = new ArrayDeque<>();
    private final Deque<long[]> predictions = new ArrayDeque<>();
    private final Deque<Map<String, Long>> versions = new ArrayDeque<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final Histogram answer = new Histogram(LONGEST_MS, 2);
    private final Histogram scored = new Histogram(LONGEST_MS, 2);
    private long[] bins = new long[BINS];
    private Map<String, Long> byVersion = new TreeMap<>();
    private long second;

    /**
     * @param most seconds that are kept
     * @param nowMs the time, ms since the epoch
     */
    public Pulse(int most, long nowMs) {
        this.most = most;
        second = nowMs / 1000;
    }

    /** Counts a record of a topic. */
    public synchronized void count(String topic, long nowMs) {
        roll(nowMs);
        counts.merge(topic, 1, Integer::sum);
    }

    /**
     * Takes how long an answer took, ms by the brokers' and the job's clocks: clocks that differ
     * may make it negative, which counts as 0.
     */
    public synchronized void answered(long scoredMs, long answerMs, long nowMs) {
        roll(nowMs);
        scored.recordValue(Math.max(0, Math.min(scoredMs, LONGEST_MS)));
        answer.recordValue(Math.max(0, Math.min(answerMs, LONGEST_MS)));
    }

    public synchronized void predicted(float pctr, long nowMs) {
        roll(nowMs);
        bins[bin(pctr)]++;
    }

    /** Counts an answer by a version. */
    public synchronized void version(String name, long nowMs) {
        roll(nowMs);
        if (byVersion.containsKey(name) || byVersion.size() < MOST_VERSIONS) {
            byVersion.merge(name, 1L, Long::sum);
        }
    }

    static int bin(float pctr) {
        double place = (Math.log10(Math.max(pctr, Float.MIN_VALUE)) + DECADES) * BINS_PER_DECADE;
        return Math.max(0, Math.min(BINS - 1, (int) Math.floor(place)));
    }

    /** Closes the seconds that are over. */
    private void roll(long nowMs) {
        long now = nowMs / 1000;
        if (now - second > most) {
            second = now - most; // nobody looked for long: what was before is gone anyway
        }
        while (second < now) {
            add(
                    closed,
                    new Second(second, Map.copyOf(counts), quantiles(answer), quantiles(scored)),
                    most);
            add(predictions, bins, MINUTE);
            add(versions, byVersion, MINUTE);
            counts.clear();
            answer.reset();
            scored.reset();
            bins = new long[BINS];
            byVersion = new TreeMap<>();
            second++;
        }
    }

    private static <T> void add(Deque<T> ring, T element, int most) {
        ring.addLast(element);
        if (ring.size() > most) {
            ring.removeFirst();
        }
    }

    private static double[] quantiles(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return null;
        }
        double[] values = new double[QUANTILES.length];
        for (int q = 0; q < values.length; q++) {
            values[q] = histogram.getValueAtPercentile(QUANTILES[q]);
        }
        return values;
    }

    /** The seconds that are over, oldest first. */
    public synchronized List<Second> seconds(long nowMs) {
        roll(nowMs);
        return new ArrayList<>(closed);
    }

    /** Scores of the last minute by bin of pCTR. */
    public synchronized long[] predictions(long nowMs) {
        roll(nowMs);
        long[] sum = new long[BINS];
        predictions.forEach(
                one -> {
                    for (int b = 0; b < BINS; b++) {
                        sum[b] += one[b];
                    }
                });
        return sum;
    }

    /** Answers of the last minute by version. */
    public synchronized Map<String, Long> versions(long nowMs) {
        roll(nowMs);
        Map<String, Long> sum = new TreeMap<>();
        versions.forEach(one -> one.forEach((name, n) -> sum.merge(name, n, Long::sum)));
        return sum;
    }
}
