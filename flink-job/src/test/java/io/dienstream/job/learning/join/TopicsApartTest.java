package io.dienstream.job.learning.join;

import static io.dienstream.job.learning.LearningRecords.START;
import static io.dienstream.job.learning.join.JoinHarness.W;
import static io.dienstream.job.learning.join.JoinHarness.W2;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.learning.record.LearningRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Topics that are read hours apart in event time, up to the whole of one before the first record of
 * the next, in every order: labels are those of the oracle, whichever comes first.
 */
class TopicsApartTest {
    private static final long HOUR = 3_600_000;

    /** Sixty requests are six hours. */
    private static final long STEP = HOUR / 10;

    private static final long SEED = 28;

    /** How far time has come in a topic; where it has none it holds that of all. */
    private final Map<LearningRecord.Kind, Long> marks = new EnumMap<>(LearningRecord.Kind.class);

    @ParameterizedTest
    @CsvSource({
        "CLICK IMPRESSION SERVED, 2",
        "CLICK IMPRESSION SERVED, 12",
        "CLICK SERVED IMPRESSION, 2",
        "CLICK SERVED IMPRESSION, 12",
        "IMPRESSION CLICK SERVED, 2",
        "IMPRESSION CLICK SERVED, 12",
        "IMPRESSION SERVED CLICK, 2",
        "IMPRESSION SERVED CLICK, 12",
        "SERVED CLICK IMPRESSION, 2",
        "SERVED CLICK IMPRESSION, 12",
        "SERVED IMPRESSION CLICK, 2",
        "SERVED IMPRESSION CLICK, 12"
    })
    void labelsAreTheSameWhicheverTopicComesFirst(String order, long hoursApart) throws Exception {
        List<LearningRecord.Kind> topics =
                Arrays.stream(order.split(" ")).map(LearningRecord.Kind::valueOf).toList();
        Random random = new Random(SEED);
        LabelLog log = new LabelLog(random, STEP);
        List<LabelLog.Sent> asRead = new ArrayList<>(log.sent);
        asRead.sort(
                Comparator.comparingLong(
                        s -> s.at() + topics.indexOf(s.record().kind()) * hoursApart * HOUR));
        try (JoinHarness join = new JoinHarness()) {
            for (LabelLog.Sent sent : asRead) {
                LearningRecord record = sent.record();
                join.add(record);
                long reached = record.eventTime() - START - LabelLog.LATENESS - 1;
                marks.merge(record.kind(), reached, Math::max);
                if (marks.size() == topics.size()) {
                    join.watermark(slowest());
                } else {
                    assertThat(join.labels()).as("a topic has told no time yet").isEmpty();
                    assertThat(join.reasons()).isEmpty();
                }
                if (random.nextInt(60) == 0) {
                    join.restart();
                }
                LabelLog.assertBalance(join);
            }
            join.watermark(Collections.max(marks.values()) + W + 2 * W2);
            log.assertTruth(join, order + ", " + hoursApart + " hours apart");
        }
    }

    /** As Flink has it: the least of all inputs. */
    private long slowest() {
        return Collections.min(marks.values());
    }
}
