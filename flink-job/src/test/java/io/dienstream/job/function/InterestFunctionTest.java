package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.Records;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.state.ScoringTaskSerializer;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.DeadLetter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterestFunctionTest {
    /** The history and its tail. */
    private static final int VALUES_OF_A_USER = 2;

    @TempDir private Path directory;

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
        try (InterestHarness h = new InterestHarness(model(), null)) {
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
            assertThat(h.harness.numKeyedStateEntries())
                    .as("of two users, nothing of who asked only")
                    .isEqualTo(2 * VALUES_OF_A_USER);
        }
    }

    @Test
    void eventTimeHoldsRecordsAndAppliesBehaviorsFirst() throws Exception {
        try (InterestHarness h = new InterestHarness(model(), null, "time.mode", "event-time")) {
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
            try (InterestHarness h = new InterestHarness(model(), null, "time.mode", mode)) {
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
        try (InterestHarness h = new InterestHarness(model(), null)) {
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
            try (InterestHarness h = new InterestHarness(model(), null, "time.mode", mode)) {
                h.behavior("u", 1, 10);
                h.behavior("u", 2, 20);
                snapshot = h.harness.snapshot(1, 1);
            }
            try (InterestHarness h = new InterestHarness(model(), snapshot, "time.mode", mode)) {
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

    /** Flink restores no watermark; what was too late must stay too late. */
    @Test
    void timeThatHasPassedStaysPassedAfterARestart() throws Exception {
        for (String mode : List.of("latest", "event-time")) {
            OperatorSubtaskState snapshot;
            try (InterestHarness h = new InterestHarness(model(), null, "time.mode", mode)) {
                h.watermark(100);
                h.behavior("u", 1, 110);
                snapshot = h.harness.snapshot(1, 1);
            }
            try (InterestHarness h = new InterestHarness(model(), snapshot, "time.mode", mode)) {
                h.behavior("u", 2, 100);
                assertThat(h.deadLetters())
                        .extracting(DeadLetter::getReason)
                        .containsExactly("late");
                h.behavior("u", 3, 101);
                assertThat(h.deadLetters()).isEmpty();
            }
        }
    }

    @Test
    void anotherModelsStatesAreRebuiltOnFirstTouch() throws Exception {
        OperatorSubtaskState snapshot;
        try (InterestHarness h = new InterestHarness(model(), null)) {
            h.behavior("u", 1, 10);
            h.behavior("u", 2, 20);
            snapshot = h.harness.snapshot(1, 1);
        }
        Path other = Records.model(directory, 2);
        try (InterestHarness h = new InterestHarness(other, snapshot)) {
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
        try (InterestHarness h = new InterestHarness(model(), null, "state.ttl", "100ms")) {
            h.harness.setProcessingTime(0);
            h.behavior("u", 1, 10);
            h.harness.setProcessingTime(60);
            h.behavior("u", 2, 20);
            h.harness.setProcessingTime(159);
            assertThat(h.harness.numKeyedStateEntries()).isEqualTo(VALUES_OF_A_USER);
            h.harness.setProcessingTime(160);
            assertThat(h.harness.numKeyedStateEntries()).isZero();
            assertThat(h.harness.numProcessingTimeTimers()).isZero();
        }
        try (InterestHarness h =
                new InterestHarness(
                        model(), null, "time.mode", "event-time", "state.ttl", "100ms")) {
            h.behavior("u", 1, 10);
            h.behavior("u", 2, 60);
            h.watermark(159);
            assertThat(h.harness.numKeyedStateEntries()).isEqualTo(VALUES_OF_A_USER);
            h.watermark(160);
            assertThat(h.harness.numKeyedStateEntries()).isZero();
            assertThat(h.harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void anErasureForgetsTheUserUpToItsTimeLateBehaviorsIncluded() throws Exception {
        try (InterestHarness h = new InterestHarness(model(), null)) {
            h.behavior("u", 1, 10);
            h.behavior("u", 3, 30);
            h.behavior("other", 9, 15);
            h.erase("u", 20);
            h.behavior("u", 2, 20);
            h.request("u", "r", 40);
            h.request("other", "r", 40);
            List<ScoringTask> tasks = h.tasks();
            assertHistory(model(), tasks.get(0), Records.behavior("u", 3, 30));
            assertHistory(model(), tasks.get(1), Records.behavior("other", 9, 15));
            assertThat(h.deadLetters()).isEmpty();
        }
    }

    @Test
    void anErasureOfAStrangerStillKeepsOlderBehaviorsAway() throws Exception {
        OperatorSubtaskState snapshot;
        try (InterestHarness h = new InterestHarness(model(), null)) {
            h.erase("u", 20);
            snapshot = h.harness.snapshot(1, 1);
        }
        try (InterestHarness h =
                new InterestHarness(Records.model(directory, 2), snapshot, "state.ttl", "1h")) {
            h.behavior("u", 1, 20);
            h.request("u", "r", 40);
            assertThat(h.tasks().get(0).prefix()).isZero();
            assertThat(h.harness.numKeyedStateEntries()).isEqualTo(1);
        }
    }

    /** At one time: behaviors, erasures, requests, whatever order they came in. */
    @Test
    void eventTimeErasesAtItsPlaceInTime() throws Exception {
        try (InterestHarness h = new InterestHarness(model(), null, "time.mode", "event-time")) {
            h.request("u", "after", 20);
            h.erase("u", 20);
            h.behavior("u", 2, 20);
            h.request("u", "before", 15);
            h.behavior("u", 1, 10);
            h.watermark(30);
            List<ScoringTask> tasks = h.tasks();
            assertThat(tasks.get(0).request().id()).isEqualTo("before");
            assertHistory(model(), tasks.get(0), Records.behavior("u", 1, 10));
            assertThat(tasks.get(1).prefix()).isZero();
            h.behavior("u", 4, 40);
            h.behavior("u", 3, 35);
            h.watermark(38);
            h.erase("u", 36);
            h.request("u", "r", 50);
            h.watermark(50);
            assertHistory(model(), h.tasks().get(0), Records.behavior("u", 4, 40));
        }
    }

    /** State that our own code cannot read is one user's misfortune, not the job's. */
    @Test
    void aRecordThatFailsInsideOurCodeIsSetAsideWithItsOrigin() throws Exception {
        try (InterestHarness h = new InterestHarness(model(), null)) {
            h.behavior("u", 1, 10);
            h.behavior("other", 2, 10);
            h.poison("u");
            h.behavior("u", 3, 5); // behind another: needs the whole history
            h.request("u", "r", 30);
            h.erase("u", 30);
            List<DeadLetter> letters = h.deadLetters();
            assertThat(letters).extracting(DeadLetter::getReason).containsOnly("internal");
            assertThat(letters)
                    .extracting(DeadLetter::getOriginTopic)
                    .containsExactly("behaviors", "ad-requests", "control");
            h.request("other", "r", 30);
            assertThat(h.tasks()).hasSize(1);
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
