package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.Records;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.state.ScoringTaskSerializer;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.DeadLetter;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterestFunctionTest {
    @TempDir private Path directory;

    /** A harness that runs the operator on the heap backend with Flink's own serialization. */
    private static final class Harness implements AutoCloseable {
        private final KeyedOneInputStreamOperatorTestHarness<String, InboundRecord, ScoringTask>
                harness;

        Harness(Path model, OperatorSubtaskState state, String... options) throws Exception {
            JobOptions parsed = Records.options(model, options);
            harness =
                    new KeyedOneInputStreamOperatorTestHarness<>(
                            new KeyedProcessOperator<>(new InterestFunction(parsed)),
                            InboundRecord::userId,
                            Types.STRING);
            harness.setup(ScoringTaskSerializer.TYPE.createSerializer(null));
            if (state != null) {
                harness.initializeState(state);
            }
            harness.open();
        }

        void behavior(String user, int event, long time) throws Exception {
            harness.processElement(
                    Records.inbound(Records.behavior(user, event, time)), Records.START + time);
        }

        void request(String user, String id, long time) throws Exception {
            harness.processElement(
                    Records.inbound(Records.request(user, id, time, 2)), Records.START + time);
        }

        void watermark(long time) throws Exception {
            harness.processWatermark(new Watermark(Records.START + time));
        }

        List<ScoringTask> tasks() {
            List<ScoringTask> tasks = new ArrayList<>();
            for (Object element : harness.getOutput()) {
                if (element instanceof StreamRecord<?> record) {
                    tasks.add((ScoringTask) record.getValue());
                }
            }
            harness.getOutput().clear();
            return tasks;
        }

        List<DeadLetter> deadLetters() throws WireException {
            var letters = harness.getSideOutput(InterestFunction.DEAD_LETTERS);
            List<DeadLetter> decoded = new ArrayList<>();
            if (letters != null) {
                for (StreamRecord<OutboundRecord> letter : letters) {
                    decoded.add(WireDecoder.of(DeadLetter.class).decode(letter.getValue().value()));
                }
                letters.clear();
            }
            return decoded;
        }

        @Override
        public void close() throws Exception {
            harness.close();
        }
    }

    private Path model() throws IOException {
        Path path = directory.resolve("model-1");
        return path.toFile().exists() ? path : Records.model(directory, 1);
    }

    private void assertHistory(Path model, ScoringTask task, Behavior... behaviors)
            throws IOException {
        HistoryModel historyModel =
                new Scorer(ModelReader.read(model), KernelsProvider.get()).historyModel();
        InterestHistory expected = historyModel.newHistory();
        for (Behavior b : behaviors) {
            historyModel.add(
                    expected,
                    historyModel.encode(b.getEventId(), b.getTimestamp(), b.getFields()),
                    historyModel.newScratch());
        }
        assertThat(task.prefix()).isEqualTo(behaviors.length);
        int floats = behaviors.length * expected.hidden();
        assertThat(Arrays.copyOf(task.history().states(), floats))
                .containsExactly(Arrays.copyOf(expected.states(), floats));
    }

    @Test
    void latestAnswersAtOnceWithThePrefixAtTheRequestsTime() throws Exception {
        try (Harness h = new Harness(model(), null)) {
            h.behavior("u", 1, 10);
            h.behavior("u", 3, 30);
            h.behavior("other", 9, 15);
            h.behavior("u", 2, 20);
            h.request("u", "r1", 25);
            h.request("cold", "r2", 25);
            List<ScoringTask> tasks = h.tasks();
            assertThat(tasks).hasSize(2);
            assertHistory(
                    model(),
                    tasks.get(0),
                    Records.behavior("u", 1, 10),
                    Records.behavior("u", 2, 20));
            assertThat(tasks.get(0).history().size()).isEqualTo(3);
            assertThat(tasks.get(1).prefix()).isZero();
            assertThat(h.harness.numKeyedStateEntries()).isEqualTo(2);
        }
    }

    @Test
    void eventTimeHoldsRecordsAndAppliesBehaviorsFirst() throws Exception {
        try (Harness h = new Harness(model(), null, "time.mode", "event-time")) {
            h.request("u", "r", 20);
            h.behavior("u", 3, 30);
            h.behavior("u", 2, 20);
            h.behavior("u", 1, 10);
            assertThat(h.tasks()).isEmpty();
            h.watermark(19);
            assertThat(h.tasks()).isEmpty();
            h.watermark(20);
            List<ScoringTask> tasks = h.tasks();
            assertThat(tasks).hasSize(1);
            assertHistory(
                    model(),
                    tasks.get(0),
                    Records.behavior("u", 1, 10),
                    Records.behavior("u", 2, 20));
            h.watermark(30);
            assertThat(h.harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void lateBehaviorsAreDeadLetteredAndLateRequestsStillAnswered() throws Exception {
        for (String mode : List.of("latest", "event-time")) {
            try (Harness h = new Harness(model(), null, "time.mode", mode)) {
                h.watermark(100);
                h.behavior("u", 1, 100);
                h.request("u", "r", 100);
                List<DeadLetter> letters = h.deadLetters();
                assertThat(letters).hasSize(1);
                assertThat(letters.get(0).getReason()).isEqualTo("late");
                assertThat(letters.get(0).getOriginTopic()).isEqualTo("behaviors");
                assertThat(letters.get(0).getOriginOffset()).isEqualTo(42);
                assertThat(letters.get(0).getValue()).isNotNull();
                List<ScoringTask> tasks = h.tasks();
                assertThat(tasks).hasSize(1);
                assertThat(tasks.get(0).late()).isEqualTo(mode.equals("event-time"));
            }
        }
    }

    @Test
    void behaviorsOlderThanTheEvictedOnesAreLateAndDuplicatesChangeNothing() throws Exception {
        try (Harness h = new Harness(model(), null)) {
            for (int n = 0; n <= Records.MAX_LENGTH; n++) {
                h.behavior("u", n, 10 * n);
            }
            h.behavior("u", 100, 5);
            assertThat(h.deadLetters()).extracting(DeadLetter::getReason).containsExactly("late");
            h.behavior("u", Records.MAX_LENGTH, 10 * Records.MAX_LENGTH);
            assertThat(h.deadLetters()).isEmpty();
            h.request("u", "r", 1000);
            assertThat(h.tasks().get(0).prefix()).isEqualTo(Records.MAX_LENGTH - 1);
        }
    }

    @Test
    void snapshotAndRestoreMidSequenceChangesNothing() throws Exception {
        for (String mode : List.of("latest", "event-time")) {
            OperatorSubtaskState snapshot;
            try (Harness h = new Harness(model(), null, "time.mode", mode)) {
                h.behavior("u", 1, 10);
                h.behavior("u", 2, 20);
                snapshot = h.harness.snapshot(1, 1);
            }
            try (Harness h = new Harness(model(), snapshot, "time.mode", mode)) {
                h.behavior("u", 3, 30);
                h.request("u", "r", 30);
                h.watermark(30);
                assertHistory(
                        model(),
                        h.tasks().get(0),
                        Records.behavior("u", 1, 10),
                        Records.behavior("u", 2, 20),
                        Records.behavior("u", 3, 30));
            }
        }
    }

    @Test
    void anotherModelsStatesAreRebuiltOnFirstTouch() throws Exception {
        OperatorSubtaskState snapshot;
        try (Harness h = new Harness(model(), null)) {
            h.behavior("u", 1, 10);
            h.behavior("u", 2, 20);
            snapshot = h.harness.snapshot(1, 1);
        }
        Path other = Records.model(directory, 2);
        try (Harness h = new Harness(other, snapshot)) {
            h.request("u", "r", 30);
            assertHistory(
                    other,
                    h.tasks().get(0),
                    Records.behavior("u", 1, 10),
                    Records.behavior("u", 2, 20));
        }
    }

    @Test
    void usersWithoutBehaviorsForTheTtlAreForgotten() throws Exception {
        try (Harness h = new Harness(model(), null, "state.ttl", "100ms")) {
            h.harness.setProcessingTime(0);
            h.behavior("u", 1, 10);
            h.harness.setProcessingTime(60);
            h.behavior("u", 2, 20);
            h.harness.setProcessingTime(159);
            assertThat(h.harness.numKeyedStateEntries()).isEqualTo(1);
            h.harness.setProcessingTime(160);
            assertThat(h.harness.numKeyedStateEntries()).isZero();
            assertThat(h.harness.numProcessingTimeTimers()).isZero();
        }
        try (Harness h =
                new Harness(model(), null, "time.mode", "event-time", "state.ttl", "100ms")) {
            h.behavior("u", 1, 10);
            h.behavior("u", 2, 60);
            h.watermark(159);
            assertThat(h.harness.numKeyedStateEntries()).isEqualTo(1);
            h.watermark(160);
            assertThat(h.harness.numKeyedStateEntries()).isZero();
            assertThat(h.harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void noTypeOfTheJobIsLeftToKryo() {
        for (RecordType<?> type :
                List.of(RecordType.INBOUND, RecordType.OUTBOUND, ScoringTaskSerializer.TYPE)) {
            assertThat(type.createSerializer(null).getClass().getName())
                    .startsWith("io.dienstream");
        }
    }
}
