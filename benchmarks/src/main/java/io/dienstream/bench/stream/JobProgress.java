package io.dienstream.bench.stream;

import io.dienstream.sandbox.LocalFlink;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.JobID;

/**
 * Waits for a job as long as it does something.
 *
 * @param done grows with what it does
 * @param what it has done, for a message
 * @param pollMs between two looks
 */
public record JobProgress(LocalFlink flink, LongSupplier done, String what, long pollMs) {
    private static final Duration ENDED = Duration.ofMillis(1);
    private static final long STALLED_NANOS = TimeUnit.MINUTES.toNanos(2);

    /**
     * Returns when {@code condition} holds.
     *
     * @throws IllegalStateException where the job ends, or does nothing for two minutes
     * @throws java.util.concurrent.ExecutionException with the failure of the job
     */
    public void await(JobID job, BooleanSupplier condition) throws Exception {
        long before = done.getAsLong();
        long moved = System.nanoTime();
        while (!condition.getAsBoolean()) {
            Thread.sleep(pollMs);
            if (flink.ended(job, ENDED)) {
                flink.awaitFinished(job, Duration.ofSeconds(1));
                throw new IllegalStateException("the job ended before its work did");
            }
            long now = done.getAsLong();
            if (now != before) {
                before = now;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > STALLED_NANOS) {
                throw new IllegalStateException(
                        "the job has done nothing for two minutes; %s so far %d"
                                .formatted(what, now));
            }
        }
    }
}
