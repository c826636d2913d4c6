package io.dienstream.job;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import io.dienstream.job.option.Settings;
import io.dienstream.job.record.SourceRecord;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/** How records move time, the same for every job. */
public final class EventTime {
    private static final String GROUP = "event-time";
    private static final Duration ALIGNMENT_INTERVAL = Duration.ofSeconds(1);

    private EventTime() {}

    /**
     * Behind the newest valid event time of each partition by the allowed lateness; a partition is
     * idle when it has had no valid record for so long. In a bounded run no partition is ever idle:
     * each ends, and until then it may only be slow.
     */
    public static <T extends SourceRecord> WatermarkStrategy<T> watermarks(
            Settings options, Option<Duration> idleAfter) {
        Duration idle = options.get(idleAfter);
        return idle.isZero() || options.get(JobOptions.BOUNDED)
                ? neverIdle(options)
                : of(options, EventTime.<T>bounded(options).withIdleness(idle));
    }

    /** Likewise, where a partition without records holds time until it has some. */
    public static <T extends SourceRecord> WatermarkStrategy<T> neverIdle(Settings options) {
        return of(options, bounded(options));
    }

    /**
     * {@code strategy} for one of several topics that wait for each other in state: the faster ones
     * are read no further ahead than {@code time.max-drift}, 0s without bound.
     */
    public static <T> WatermarkStrategy<T> aligned(
            Settings options, WatermarkStrategy<T> strategy) {
        Duration drift = options.get(JobOptions.MAX_DRIFT);
        return drift.isZero()
                ? strategy
                : strategy.withWatermarkAlignment(GROUP, drift, ALIGNMENT_INTERVAL);
    }

    private static <T extends SourceRecord> WatermarkStrategy<T> bounded(Settings options) {
        return WatermarkStrategy.forBoundedOutOfOrderness(options.get(JobOptions.ALLOWED_LATENESS));
    }

    private static <T extends SourceRecord> WatermarkStrategy<T> of(
            Settings options, WatermarkStrategy<T> strategy) {
        return ValidRecords.only(strategy)
                .withTimestampAssigner(
                        options.get(JobOptions.BOUNDED)
                                ? (record, kafka) -> of(record, Long.MAX_VALUE)
                                : (record, kafka) -> of(record, System.currentTimeMillis()));
    }

    /**
     * How far a record moves time. A refused one does not; one from a producer whose clock is ahead
     * moves it to the record's own time in Kafka at the most, so that what others send in time does
     * not become late. Where producers set that too, the clock of the job is the limit: one record
     * stamped 2100 would otherwise make everything after it late for ever.
     *
     * @param now ms
     */
    static long of(SourceRecord record, long now) {
        return record.rejection() == null
                ? Math.min(now, Math.min(record.eventTime(), record.origin().timestamp()))
                : Long.MIN_VALUE;
    }
}
