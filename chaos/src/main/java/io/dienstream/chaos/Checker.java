package io.dienstream.chaos;

import io.dienstream.job.record.InboundRecord;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;

/**
 * Holds everything that came out against the offline truth: all of the input, user by user. Every
 * valid request must be answered once with the offline score, every bad record must be in the dead
 * letters once with its reason, every user's state must be the rebuilt one. What that means where
 * records have no order of their own is the {@link Truth}'s.
 */
final class Checker {
    private static final int LARGEST_EXAMPLES = 10;

    private final Verdicts verdicts;
    private final Truth truth;

    /** What the outputs of one user must be. */
    interface Truth {
        /**
         * @param records valid ones of the user, in the order of their topics; all behaviors, then
         *     all requests, then all erasures
         */
        void check(String user, List<InboundRecord> records);
    }

    Checker(Verdicts verdicts, Truth truth) {
        this.verdicts = verdicts;
        this.truth = truth;
    }

    /** Checks one partition of the input. */
    void check(InputLog log, ProgressBar bar) {
        log.counts.forEach(verdicts.report()::in);
        log.refused.forEach(verdicts::refused);
        for (String user : log.users()) {
            List<InboundRecord> records = log.of(user);
            truth.check(user, records);
            bar.stepBy(records.size());
        }
    }

    /** To be called after all partitions. */
    void finish() {
        verdicts.finish();
    }

    /** How many examples a report keeps of each failure. */
    static int examples() {
        return LARGEST_EXAMPLES;
    }
}
