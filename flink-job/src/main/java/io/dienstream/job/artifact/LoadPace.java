package io.dienstream.job.artifact;

import io.dienstream.dien.file.Pace;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * A loader works for a share of the time only, so that answers find the cores free: what it does
 * beside them takes longer and is felt less. It hurries while a task waits for what it loads. Time
 * on the clock counts as work, so it works the less the more others want the cores.
 */
final class LoadPace implements Pace {
    private static final long LEAST_WORK_NANOS = 2_000_000;

    /** Of one wait; after each it looks whether somebody waits. */
    private static final long LONGEST_NANOS = 10_000_000;

    /** A loader that was held up for long has not worked all that time. */
    private static final long MOST_WORK_NANOS = 50_000_000;

    private final double share;
    private final BooleanSupplier isAwaited;
    private final LongSupplier nanoTime;
    private final LongConsumer pause;
    private long since;

    /**
     * @param share of the time that is for work, above 0, up to 1
     * @param isAwaited whether a task waits for it now
     */
    LoadPace(double share, BooleanSupplier isAwaited) {
        this(share, isAwaited, System::nanoTime, LockSupport::parkNanos);
    }

    /**
     * @param nanoTime the clock
     * @param pause waits for so many ns at most
     */
    LoadPace(double share, BooleanSupplier isAwaited, LongSupplier nanoTime, LongConsumer pause) {
        this.share = share;
        this.isAwaited = isAwaited;
        this.nanoTime = nanoTime;
        this.pause = pause;
        since = nanoTime.getAsLong();
    }

    @Override
    public void rest() {
        long now = nanoTime.getAsLong();
        long worked = Math.min(now - since, MOST_WORK_NANOS);
        if (worked < LEAST_WORK_NANOS) {
            return;
        }
        long until = now + (long) (worked * (1 / share - 1));
        while (now < until && !isAwaited.getAsBoolean()) {
            pause.accept(Math.min(until - now, LONGEST_NANOS));
            now = nanoTime.getAsLong();
        }
        since = now;
    }
}
