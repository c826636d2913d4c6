package io.dienstream.datasets.log;

import java.time.Duration;
import java.time.Instant;

/**
 * Which event times a log may have, as the job has it for its records: nothing before {@code
 * time.earliest}, nothing ahead of the clock by more than {@code time.max-ahead}.
 */
public final class LogTimes {
    /** Recorded logs may be older than what a live job accepts. */
    public static final Instant EARLIEST = Instant.parse("1990-01-01T00:00:00Z");

    /** The default of {@code time.max-ahead}. */
    public static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    private static final long MS_PER_SECOND = 1000;

    private final Instant earliest;
    private final Instant latest;

    /**
     * @param now the clock
     */
    public LogTimes(Instant earliest, Instant now) {
        this.earliest = earliest;
        latest = now.plus(MAX_AHEAD);
    }

    /** Seconds as milliseconds. */
    public static long ofSeconds(long seconds) throws LineException {
        try {
            return Math.multiplyExact(seconds, MS_PER_SECOND);
        } catch (ArithmeticException e) {
            throw new LineException("the time of " + seconds + " seconds is none");
        }
    }

    /**
     * @param timestamp event time, ms
     */
    public void check(long timestamp) throws LineException {
        if (timestamp < earliest.toEpochMilli()) {
            throw new LineException("the time " + timestamp + " ms is before " + earliest);
        }
        if (timestamp > latest.toEpochMilli()) {
            throw new LineException(
                    "the time %d ms is ahead of the clock; is it in seconds, or in milliseconds?"
                            .formatted(timestamp));
        }
    }
}
