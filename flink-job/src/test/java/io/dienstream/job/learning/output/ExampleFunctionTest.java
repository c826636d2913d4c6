package io.dienstream.job.learning.output;

import static io.dienstream.job.learning.LearningRecords.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.function.DeadLetters;
import io.dienstream.job.learning.LearningRecords;
import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.job.learning.record.JoinedExampleSerializer;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.KeptNegative;
import io.dienstream.wire.OfflineExample;
import io.dienstream.wire.WireDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class ExampleFunctionTest {
    private static final int ADS = 40;

    /** Every fourth ad is clicked. */
    private static JoinedExample joined(String request) {
        List<LabeledCandidate> candidates = new ArrayList<>();
        for (int n = 0; n < ADS; n++) {
            candidates.add(OfflineExample.candidate("ad" + n, Map.of(), n % 4 == 0, false));
        }
        TrainingExample example =
                OfflineExample.of(
                        request, "u", START, Map.of(), Map.of(), List.of(), candidates, "v");
        example.setClosedAt(START + 5);
        return new JoinedExample(LearningRecords.served(request, 0, ADS), example);
    }

    private static OneInputStreamOperatorTestHarness<JoinedExample, OutboundRecord> harness(
            int bytes, String... options) throws Exception {
        var harness =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(
                                new ExampleFunction(
                                        LearningRecords.options(options), bytes, 1 << 20)),
                        JoinedExampleSerializer.TYPE.createSerializer(null));
        harness.open();
        return harness;
    }

    private static TrainingExample decode(OutboundRecord record) throws Exception {
        return WireDecoder.of(TrainingExample.class).decode(record.value());
    }

    @Test
    void withoutARateAllAreWrittenUnderTheirRequest() throws Exception {
        try (var harness = harness(1 << 20, "examples.directory", "file:///x")) {
            harness.processElement(joined("r"), 0);
            OutboundRecord record = harness.extractOutputValues().get(0);
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("r");
            assertThat(decode(record)).isEqualTo(joined("r").example());
            assertThat(harness.getSideOutput(ExampleFunction.FILES).peek().getValue().timestamp())
                    .as("files stand by closed_at")
                    .isEqualTo(START + 5);
        }
    }

    @Test
    void negativesAreSampledAndSayHow() throws Exception {
        try (var harness =
                harness(1 << 20, "examples.negative-rate", "0.25", "examples.salt", "s")) {
            int kept = 0;
            for (int r = 0; r < 100; r++) {
                JoinedExample joined = joined("r" + r);
                harness.processElement(joined, 0);
                assertThat(joined.example())
                        .as("left as it was")
                        .isEqualTo(joined("r" + r).example());
            }
            KeptNegative law = new KeptNegative("s", 0.25);
            for (OutboundRecord record : harness.extractOutputValues()) {
                TrainingExample example = decode(record);
                int positives = 0;
                for (LabeledCandidate c : example.getCandidates()) {
                    if (c.getClicked()) {
                        positives++;
                        assertThat(c.getSamplingRate()).isNull();
                    } else {
                        kept++;
                        assertThat(c.getSamplingRate()).isEqualTo(0.25);
                        assertThat(law.keeps(example.getRequestId(), c.getAdId())).isTrue();
                    }
                }
                assertThat(positives).isEqualTo(ADS / 4);
            }
            assertThat(kept).isBetween(650, 850); // of 3,000, four sigma
        }
    }

    @Test
    void anExampleOfWhichNothingIsLeftIsNotWritten() throws Exception {
        try (var harness = harness(1 << 20, "examples.negative-rate", "1e-9")) {
            JoinedExample unclicked = joined("none");
            unclicked.example().getCandidates().forEach(c -> c.setClicked(false));
            harness.processElement(unclicked, 0);
            assertThat(harness.extractOutputValues()).isEmpty();
            assertThat(harness.getSideOutput(DeadLetters.TAG)).isNull();
            harness.processElement(joined("clicked"), 0);
            assertThat(decode(harness.extractOutputValues().get(0)).getCandidates())
                    .hasSize(ADS / 4);
        }
    }

    @Test
    void whatNoBrokerTakesIsADeadLetterAndTheNextOneIsWritten() throws Exception {
        try (var harness = harness(300, "examples.directory", "file:///x")) {
            harness.processElement(joined("large"), 0);
            assertThat(harness.extractOutputValues()).isEmpty();
            assertThat(harness.getSideOutput(ExampleFunction.FILES)).isNull();
            DeadLetter letter =
                    WireDecoder.of(DeadLetter.class)
                            .decode(
                                    harness.getSideOutput(DeadLetters.TAG)
                                            .peek()
                                            .getValue()
                                            .value());
            assertThat(letter.getReason()).isEqualTo("oversize_example");
            assertThat(letter.getOriginTopic()).isEqualTo("served");
            JoinedExample small = joined("small");
            small.example().setCandidates(small.example().getCandidates().subList(0, 2));
            harness.processElement(small, 0);
            assertThat(harness.extractOutputValues()).hasSize(1);
        }
    }
}
