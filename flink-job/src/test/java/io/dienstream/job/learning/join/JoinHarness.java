package io.dienstream.job.learning.join;

import static io.dienstream.job.learning.LearningRecords.START;

import io.dienstream.job.function.DeadLetters;
import io.dienstream.job.learning.LearningRecords;
import io.dienstream.job.learning.record.JoinedCorrection;
import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.job.learning.record.JoinedExampleSerializer;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.metric.Metric;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** The join on the heap backend with Flink's own serialization; it may be stopped and go on. */
final class JoinHarness implements AutoCloseable {
    /** W and W2 of the tests, ms. */
    static final long W = 1000;

    static final long W2 = 10_000;

    private final String[] options;
    private KeyedOneInputStreamOperatorTestHarness<String, LearningRecord, JoinedExample> harness;
    private LabelJoinFunction function;

    final List<TrainingExample> examples = new ArrayList<>();
    final List<JoinedCorrection> corrections = new ArrayList<>();
    final List<DeadLetter> deadLetters = new ArrayList<>();
    final Map<String, Long> counted = new TreeMap<>();

    JoinHarness(String... more) throws Exception {
        this(null, more);
    }

    /** Goes on from {@code state}. */
    JoinHarness(OperatorSubtaskState state, String... more) throws Exception {
        options = new String[more.length + 4];
        options[0] = "labels.wait";
        options[1] = W + "ms";
        options[2] = "labels.correction-wait";
        options[3] = W2 + "ms";
        System.arraycopy(more, 0, options, 4, more.length);
        open(state);
    }

    private void open(OperatorSubtaskState state) throws Exception {
        function = new LabelJoinFunction(LearningRecords.options(options), 1 << 20);
        harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(function),
                        LearningRecord::requestId,
                        Types.STRING);
        harness.setup(JoinedExampleSerializer.TYPE.createSerializer(null));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
    }

    void add(LearningRecord record) throws Exception {
        harness.processElement(record, record.eventTime());
    }

    /** Time passes to just after {@code time}, as watermarks say it. */
    void watermark(long time) throws Exception {
        harness.processWatermark(new Watermark(START + time));
        read();
    }

    /** Nothing comes any more, as Flink says it where all inputs have ended. */
    void endOfInput() throws Exception {
        harness.processWatermark(Watermark.MAX_WATERMARK);
        read();
    }

    OperatorSubtaskState snapshot() throws Exception {
        read();
        return harness.snapshot(1, 1);
    }

    /** Stops with a snapshot, and goes on from it. */
    void restart() throws Exception {
        OperatorSubtaskState state = snapshot();
        harness.close();
        count();
        open(state);
    }

    int entries() {
        return harness.numKeyedStateEntries();
    }

    int timers() {
        return harness.numEventTimeTimers();
    }

    long waiting() {
        return function.counts().waiting();
    }

    double coverage() {
        return function.counts().coverage();
    }

    long coverageClicks() {
        return function.counts().coverageClicks();
    }

    /** How many settled clicks came within so many seconds, a power of two, since a restart. */
    long clicksWithin(int seconds) {
        return function.metrics().clicksWithin(seconds);
    }

    /** What a counter says, over all restarts. */
    long counter(Metric metric) {
        String name = metric.name();
        return counted.getOrDefault(name, 0L) + function.metrics().counts().get(name);
    }

    private void count() {
        function.metrics().counts().forEach((name, n) -> counted.merge(name, n, Long::sum));
    }

    private void read() throws Exception {
        for (JoinedExample joined : harness.extractOutputValues()) {
            examples.add(joined.example());
        }
        harness.getOutput().clear();
        var moved = harness.getSideOutput(LabelJoinFunction.CORRECTIONS);
        if (moved != null) {
            moved.forEach(c -> corrections.add(c.getValue()));
            moved.clear();
        }
        var letters = harness.getSideOutput(DeadLetters.TAG);
        if (letters != null) {
            for (StreamRecord<OutboundRecord> letter : letters) {
                deadLetters.add(WireDecoder.of(DeadLetter.class).decode(letter.getValue().value()));
            }
            letters.clear();
        }
    }

    /** Everything that came out, ad by ad: request/ad at impression -> click or "-". */
    List<String> labels() throws Exception {
        read();
        List<String> labels = new ArrayList<>();
        for (TrainingExample example : examples) {
            for (LabeledCandidate c : example.getCandidates()) {
                labels.add(
                        "%s/%s shown %d %s"
                                .formatted(
                                        example.getRequestId(),
                                        c.getAdId(),
                                        c.getImpressedAt() - START,
                                        c.getClicked()
                                                ? "clicked " + (c.getClickedAt() - START)
                                                : "not clicked"));
            }
        }
        return labels;
    }

    List<String> reasons() throws Exception {
        read();
        return deadLetters.stream().map(DeadLetter::getReason).toList();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
