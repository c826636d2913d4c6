package io.dienstream.job.learning.join;

import static io.dienstream.job.learning.LearningRecords.START;
import static io.dienstream.job.learning.join.JoinHarness.W;
import static io.dienstream.job.learning.join.JoinHarness.W2;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random logs, in disorder within the lateness, with repeats and restarts, against the oracle. */
class RandomLabelLogTest {
    private static final long STEP = 100;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void labelsAreTheTruthAndCountsBalance(long seed) throws Exception {
        Random random = new Random(seed);
        LabelLog log = new LabelLog(random, STEP);
        List<LabelLog.Sent> inOrder = new ArrayList<>(log.sent);
        inOrder.sort(Comparator.comparingLong(LabelLog.Sent::at));
        try (JoinHarness join = new JoinHarness()) {
            long newest = 0;
            for (LabelLog.Sent sent : inOrder) {
                join.add(sent.record());
                newest = Math.max(newest, sent.record().eventTime() - START);
                if (random.nextInt(4) == 0) {
                    join.watermark(newest - LabelLog.LATENESS - 1);
                }
                if (random.nextInt(40) == 0) {
                    join.restart();
                }
                LabelLog.assertBalance(join);
            }
            join.watermark(newest + W + 2 * W2);
            LabelLog.assertBalance(join);
            log.assertTruth(join, "seed " + seed);
        }
    }
}
