package io.dienstream.chaos;

import java.io.IOException;
import java.time.Duration;

/**
 * How much is sent: a rate, or a share of what this machine is measured to sustain.
 *
 * @param rate behaviors and requests a second; 0: by the share
 * @param share of the sustained rate; 0: by the rate
 */
public record Load(int rate, double share) {
    /** Before anything is measured, and while a burst is worked off. */
    private static final int AT_FIRST = 200;

    private static final int FIRST_BURST = 15_000;
    private static final int BURST_RATE = 1_000_000;
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(8);
    private static final int MOST_BURSTS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long LOOK_MS = 5;
    private static final double MS = 1000;

    /** Of rates, so that the same machine comes to the same one. */
    private static final int STEP = 50;

    /** A rate that is given. */
    public static Load ofRate(int rate) {
        return new Load(rate, 0);
    }

    /** A share of what is measured. */
    public static Load ofShare(double share) {
        return new Load(0, share);
    }

    boolean isMeasured() {
        return rate == 0;
    }

    /** With which the traffic starts. */
    int first() {
        return isMeasured() ? AT_FIRST : rate;
    }

    /** Of a machine that sustains so many records a second. */
    int of(double sustained) {
        return (int) Math.max(STEP, Math.floor(sustained * share / STEP) * STEP);
    }

    /**
     * Sends as much as there is time for, and sees how long that takes the job to work off. The
     * burst grows until that is long enough to be measured.
     *
     * @return behaviors and requests a second, generator, broker and job together on this machine
     * @throws IOException where the job does not come to an end with it
     */
    static double sustained(ChaosTraffic traffic, UnansweredRequests unanswered)
            throws IOException, InterruptedException {
        int burst = FIRST_BURST;
        for (int n = 1; ; n++) {
            long wait = millisUntilAnswered(unanswered, System.currentTimeMillis());
            long sentBefore = traffic.sent();
            long start = System.currentTimeMillis();
            traffic.rate(BURST_RATE);
            while (traffic.sent() < sentBefore + burst) {
                Thread.sleep(LOOK_MS);
            }
            traffic.rate(AT_FIRST);
            millisUntilAnswered(unanswered, System.currentTimeMillis());
            long took = System.currentTimeMillis() - start - wait;
            if (took >= LONG_ENOUGH.toMillis() || n == MOST_BURSTS) {
                double workedOff = traffic.sent() - sentBefore - AT_FIRST * wait / MS;
                return workedOff * MS / Math.max(1, took);
            }
            burst *= 2;
        }
    }

    private static long millisUntilAnswered(UnansweredRequests unanswered, long now)
            throws IOException, InterruptedException {
        if (!unanswered.awaitNoneBefore(now, PATIENCE)) {
            throw new IOException(
                    "%,d requests of the measuring phase wait for more than %s"
                            .formatted(unanswered.size(), PATIENCE));
        }
        return System.currentTimeMillis() - now;
    }
}
