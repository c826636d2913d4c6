package io.dienstream.job.learning;

import static io.dienstream.job.learning.LearningRecords.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.function.DeadLetters;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.learning.record.LearningRecordSerializer;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class AdmitOperatorTest {
    @Test
    void validOnesPassHeartbeatsStayAndRefusedOnesAreDeadLetters() throws Exception {
        AdmitOperator operator = new AdmitOperator("ad-clicks", OutputLimits.DEFAULT);
        try (var harness =
                new OneInputStreamOperatorTestHarness<>(
                        operator, LearningRecordSerializer.TYPE.createSerializer(null))) {
            harness.open();
            LearningRecord click = LearningRecords.click("r", 0, "u", 0);
            harness.processElement(click, START);
            harness.processElement(LearningRecords.heartbeat(5), START + 5);
            harness.processElement(
                    LearningRecord.rejected(
                            LearningRecord.Kind.HEARTBEAT,
                            LearningRecords.origin("ad-clicks"),
                            null,
                            null,
                            new Rejection(Reason.INVALID_TIME, "ahead")),
                    START);
            assertThat(harness.extractOutputValues())
                    .extracting(LearningRecord::value)
                    .containsExactly(click.value());
            assertThat(harness.getSideOutput(DeadLetters.TAG)).hasSize(1);
        }
    }

    /** What DienLabelsStalled looks at. */
    @Test
    void showsHowFarItsTopicIsBehind() throws Exception {
        AdmitOperator operator = new AdmitOperator("ad-clicks", OutputLimits.DEFAULT);
        try (var harness =
                new OneInputStreamOperatorTestHarness<>(
                        operator, LearningRecordSerializer.TYPE.createSerializer(null))) {
            harness.setProcessingTime(START);
            harness.open();
            harness.setProcessingTime(START + 3_000);
            assertThat(operator.behindMs()).as("no time yet, since it was opened").isEqualTo(3_000);
            harness.processWatermark(new Watermark(START - 10_000));
            assertThat(operator.behindMs()).isEqualTo(13_000);
            harness.setProcessingTime(START + 60_000);
            assertThat(operator.behindMs()).as("standing still").isEqualTo(70_000);
            harness.processWatermark(Watermark.MAX_WATERMARK);
            assertThat(operator.behindMs()).as("it has ended").isZero();
        }
    }
}
