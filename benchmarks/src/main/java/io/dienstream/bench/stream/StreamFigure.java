package io.dienstream.bench.stream;

/**
 * What a {@link StreamCase} measured.
 *
 * @param perSecond records a second while the clock ran
 * @param seconds that it ran
 * @param fillPerSecond behaviors a second while histories were filled
 * @param checkpointMillis of a full checkpoint of the filled state
 * @param checkpointBytes of that
 * @param restoreMillis from submission with that checkpoint to the first record
 * @param cpuMicros CPU time of this JVM a record: job, broker and everything else in it
 */
public record StreamFigure(
        StreamCase of,
        double perSecond,
        double seconds,
        double fillPerSecond,
        double checkpointMillis,
        long checkpointBytes,
        double restoreMillis,
        double cpuMicros) {}
