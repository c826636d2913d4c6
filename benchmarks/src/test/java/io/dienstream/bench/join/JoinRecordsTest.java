package io.dienstream.bench.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.learning.record.LearningDecoder;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.learning.record.LearningRecord.Kind;
import io.dienstream.job.learning.record.LearningValidator;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.wire.WireException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JoinRecordsTest {
    private static final long WAIT = 20_000;
    private static final JoinPlan PLAN = new JoinPlan(5, 8, 3, 300, 0.2, 0.1, 2, 1, 1);
    private final JoinRecords records = new JoinRecords(PLAN, WAIT);

    @Test
    void everyRecordIsValidAndSaysTheSameInItsBytes() throws WireException {
        LearningValidator validator =
                new LearningValidator(
                        LearningOptions.of(Map.of(JobOptions.BOOTSTRAP_SERVERS.key(), "none:1")),
                        () -> Long.MAX_VALUE);
        LearningDecoder decoder = new LearningDecoder();
        for (Kind kind : new Kind[] {Kind.SERVED, Kind.IMPRESSION, Kind.CLICK}) {
            long before = Long.MIN_VALUE;
            for (long n = 0; n < 2_000; n++) {
                LearningRecord record = records.record(kind, n, 1);
                assertThat(validator.check(record)).isNull();
                assertThat(record.eventTime()).isEqualTo(records.time(kind, n));
                assertThat(record.eventTime()).isGreaterThanOrEqualTo(before);
                before = record.eventTime();
                LearningRecord read =
                        decoder.decode(kind, record.origin(), record.key(), record.value());
                assertThat(read.requestId()).isEqualTo(record.requestId());
                assertThat(read.eventTime()).isEqualTo(record.eventTime());
            }
        }
    }

    @Test
    void everyClickIsOfAnImpressionThatWasShownBeforeIt() {
        int late = 0;
        for (long n = 0; n < 5_000; n++) {
            LearningRecord click = records.record(Kind.CLICK, n, 0);
            long request = Long.parseLong(click.requestId().substring("request-".length()));
            int ad = Integer.parseInt(click.adId().substring("ad-".length()));
            LearningRecord impression =
                    records.record(Kind.IMPRESSION, request * PLAN.shown() + ad, 0);
            assertThat(click.requestId()).isEqualTo(impression.requestId());
            assertThat(click.adId()).isEqualTo(impression.adId());
            assertThat(click.userId()).isEqualTo(impression.userId());
            assertThat(click.eventTime()).isGreaterThanOrEqualTo(impression.eventTime());
            late += click.eventTime() > impression.eventTime() + WAIT ? 1 : 0;
        }
        assertThat(late).as("after W, of 5,000").isBetween(250, 500);
    }

    @Test
    void impressionsUntilATimeAreCounted() {
        for (long n = 0; n < 3_000; n++) {
            long time = records.time(Kind.IMPRESSION, n);
            long first = n / PLAN.shown() * PLAN.shown();
            assertThat(records.impressionsUntil(time)).isEqualTo(first + PLAN.shown());
            assertThat(records.impressionsUntil(time - 1)).isEqualTo(first);
        }
        assertThat(records.impressionsUntil(0)).isZero();
    }
}
