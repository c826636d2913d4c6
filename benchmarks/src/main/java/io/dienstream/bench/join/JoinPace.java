package io.dienstream.bench.join;

import io.dienstream.job.learning.record.LearningRecord;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How far in event time the lanes of a feed have come. They go at one pace, as topics do that tell
 * of what happens now, and stop where they are told. There is one in a JVM, because Flink makes
 * readers from bytes. Thread safe.
 */
final class JoinPace {
    /** How far a lane may be ahead of the slowest one, ms of event time. */
    private static final long SLACK_MS = 1_000;

    private static final int KINDS = 3;

    private static volatile JoinPace current;

    private final int lanes;
    private final AtomicLongArray next;
    private final AtomicLongArray last;
    private final AtomicLongArray emitted;
    private volatile long until = Long.MIN_VALUE;

    private JoinPace(int lanes) {
        this.lanes = lanes;
        next = filled(JoinRecords.START);
        last = filled(Long.MIN_VALUE);
        emitted = filled(0);
    }

    private AtomicLongArray filled(long value) {
        AtomicLongArray array = new AtomicLongArray(KINDS * lanes);
        for (int n = 0; n < array.length(); n++) {
            array.set(n, value);
        }
        return array;
    }

    /**
     * A new one, at which nothing is emitted yet.
     *
     * @param lanes of each of the three kinds
     */
    static JoinPace begin(int lanes) {
        current = new JoinPace(lanes);
        return current;
    }

    static JoinPace current() {
        return current;
    }

    private int place(LearningRecord.Kind kind, int lane) {
        return kind.ordinal() * lanes + lane;
    }

    /**
     * A lane is there.
     *
     * @param first event time of its first record, ms
     */
    void starts(LearningRecord.Kind kind, int lane, long first) {
        next.set(place(kind, lane), first);
    }

    /** Whether a record of that event time is due. */
    boolean isDue(long time) {
        return time <= until && time <= least(next) + SLACK_MS;
    }

    /**
     * @param following event time of the lane's next record, ms
     */
    void emitted(LearningRecord.Kind kind, int lane, long time, long following) {
        int place = place(kind, lane);
        last.set(place, time);
        emitted.incrementAndGet(place);
        next.set(place, following);
    }

    /** Lanes go on up to this event time, ms. */
    void runUntil(long time) {
        until = time;
    }

    /** Lanes stop about where the fastest is now. */
    void pause() {
        until = greatest(next);
    }

    /** Whether every lane has stopped. */
    boolean isPaused() {
        return least(next) > until;
    }

    /** Event time that all lanes have come to, ms. */
    long reached() {
        return least(next);
    }

    /** Event time of the newest record of the lane that is furthest behind, ms. */
    long leastNewest() {
        return least(last);
    }

    /** Records of a kind so far. */
    long emitted(LearningRecord.Kind kind) {
        long sum = 0;
        for (int lane = 0; lane < lanes; lane++) {
            sum += emitted.get(place(kind, lane));
        }
        return sum;
    }

    private static long least(AtomicLongArray of) {
        long least = of.get(0);
        for (int n = 1; n < of.length(); n++) {
            least = Math.min(least, of.get(n));
        }
        return least;
    }

    private static long greatest(AtomicLongArray of) {
        long greatest = of.get(0);
        for (int n = 1; n < of.length(); n++) {
            greatest = Math.max(greatest, of.get(n));
        }
        return greatest;
    }
}
