package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.job.Records;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.state.ScoringTaskSerializer;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Erasure;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        try (InterestHarness h = new InterestHarness(model(), null, "time.mode", "event-time")) {
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
            assertThat(tasks.get(0).late()).isTrue();
        }
    }

    /** A tracker that was away sends its backlog: histories have a place for it. */
    @Test
    void inLatestModeABehaviorIsLateByItsHistoryAlone() throws Exception {
        try (InterestHarness h = new InterestHarness(model(), null)) {
            h.behavior("u", 2, 200);
            h.watermark(1_000_000);
            h.behavior("u", 1, 100);
            h.request("u", "r", 300);
            assertThat(h.deadLetters()).isEmpty();
            List<ScoringTask> tasks = h.tasks();
            assertThat(tasks.get(0).late()).isFalse();
            assertHistory(
                    model(),
                    tasks.get(0),
                    Records.behavior("u", 1, 100),
                    Records.behavior("u", 2, 200));
        }
    }

    /** The dead letters of a lateness that was too short are taken after a longer one is set. */
    @Test
    void theLatenessThatCountsIsTodaysOption() throws Exception {
        OperatorSubtaskState snapshot;
        String[] mode = {"time.mode", "event-time", "time.allowed-lateness", "10ms"};
        try (InterestHarness h = new InterestHarness(model(), null, mode)) {
            h.watermark(1000); // the newest record was of 1010
            h.behavior("u", 1, 950);
            assertThat(h.deadLetters()).hasSize(1);
            snapshot = h.harness.snapshot(1, 1);
        }
        try (InterestHarness h = new InterestHarness(model(), snapshot, mode)) {
            h.behavior("u", 1, 950);
            assertThat(h.deadLetters()).as("what was late stays late").hasSize(1);
        }
        mode[3] = "100ms";
        try (InterestHarness h = new InterestHarness(model(), snapshot, mode)) {
            h.behavior("u", 1, 950);
            h.behavior("u", 2, 910);
            assertThat(h.deadLetters()).extracting(DeadLetter::getReason).containsExactly("late");
            h.watermark(1000);
            h.request("u", "r", 1001);
            h.watermark(1001);
            assertHistory(model(), h.tasks().get(0), Records.behavior("u", 1, 950));
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
        String[] mode = {"time.mode", "event-time"};
        OperatorSubtaskState snapshot;
        try (InterestHarness h = new InterestHarness(model(), null, mode)) {
            h.watermark(100);
            h.behavior("u", 1, 110);
            snapshot = h.harness.snapshot(1, 1);
        }
        try (InterestHarness h = new InterestHarness(model(), snapshot, mode)) {
            h.behavior("u", 2, 100);
            assertThat(h.deadLetters()).extracting(DeadLetter::getReason).containsExactly("late");
            h.behavior("u", 3, 101);
            assertThat(h.deadLetters()).isEmpty();
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

    /** Users of before and users who came under the shorter model. */
    @Test
    void aModelThatComesBackFindsTheHistoriesThatItHad() throws Exception {
        Path shorter = directory.resolve("shorter");
        RandomModels.write(
                shorter,
                RandomModels.config(Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, 3),
                2);
        Behavior[] eight = new Behavior[Records.MAX_LENGTH];
        OperatorSubtaskState snapshot;
        try (InterestHarness h = new InterestHarness(model(), null)) {
            for (int n = 0; n < eight.length; n++) {
                eight[n] = Records.behavior("u", n, 10 * n);
                h.behavior("u", n, 10 * n);
            }
            snapshot = h.harness.snapshot(1, 1);
        }
        try (InterestHarness h = new InterestHarness(shorter, snapshot)) {
            h.request("u", "r", 100);
            assertHistory(shorter, h.tasks().get(0), eight[5], eight[6], eight[7]);
            for (int n = 0; n < eight.length; n++) {
                h.behavior("new", n, 10 * n);
            }
            snapshot = h.harness.snapshot(1, 1);
        }
        try (InterestHarness h = new InterestHarness(model(), snapshot)) {
            h.request("u", "r", 100);
            h.request("new", "r", 100);
            List<ScoringTask> tasks = h.tasks();
            assertHistory(model(), tasks.get(0), eight);
            assertHistory(model(), tasks.get(1), eight);
        }
        try (InterestHarness h =
                new InterestHarness(shorter, snapshot, "state.max-behaviors", "4")) {
            h.request("u", "r", 100);
            assertThat(h.tasks().get(0).history().older()).as("kept, not seen").isEqualTo(1);
        }
    }

    /** An id that MurmurHash3 took for the other, see EventKeyTest. */
    @Test
    void noEventIsTakenForAnother() throws Exception {
        Behavior given = Records.behavior("u", 1, 10);
        given.setEventId("purchase-of-2026-11-28T12:00:00Z");
        Behavior found = Records.behavior("u", 2, 20);
        found.setEventId("neecnvzmfmxegsdki6-6Dw`TvY=lEXA/");
        try (InterestHarness h = new InterestHarness(model(), null)) {
            h.harness.processElement(Records.inbound(found), Records.START);
            h.harness.processElement(Records.inbound(given), Records.START);
            h.request("u", "r", 100);
            assertHistory(model(), h.tasks().get(0), given, found);
        }
    }

    @Test
    void aModelWithMoreFieldsFindsThemInTheHistoriesOfBefore() throws Exception {
        Path shops = directory.resolve("shops");
        RandomModels.write(
                shops,
                RandomModels.withShops(
                        RandomModels.config(
                                Architecture.DIEN,
                                AttentionType.BILINEAR,
                                GateForm.PAPER,
                                Records.MAX_LENGTH)),
                2);
        Behavior[] behaviors = new Behavior[3];
        OperatorSubtaskState snapshot;
        try (InterestHarness h = new InterestHarness(model(), null)) {
            for (int n = 0; n < behaviors.length; n++) {
                behaviors[n] = Records.behavior("u", n, 10 * n);
                behaviors[n].setFields(
                        Map.of("item", "i" + n, "category", "c" + n, "shop", "s" + n));
                h.harness.processElement(Records.inbound(behaviors[n]), Records.START + 10 * n);
            }
            snapshot = h.harness.snapshot(1, 1);
        }
        try (InterestHarness h = new InterestHarness(shops, snapshot)) {
            h.request("u", "r", 100);
            assertHistory(shops, h.tasks().get(0), behaviors);
            snapshot = h.harness.snapshot(1, 1);
        }
        try (InterestHarness h = new InterestHarness(model(), snapshot)) {
            h.request("u", "r", 100);
            assertHistory(model(), h.tasks().get(0), behaviors);
        }
    }

    /** History and tail as everywhere, and when the timer is due. */
    private static final int VALUES_WITH_TTL = VALUES_OF_A_USER + 1;

    @ParameterizedTest
    @ValueSource(strings = {"latest", "event-time"})
    void usersWithoutBehaviorsForTheTtlAreForgotten(String mode) throws Exception {
        try (InterestHarness h =
                new InterestHarness(model(), null, "time.mode", mode, "state.ttl", "100ms")) {
            h.behavior("u", 1, 10);
            h.behavior("u", 2, 60);
            h.watermark(159);
            assertThat(h.harness.numKeyedStateEntries()).isEqualTo(VALUES_WITH_TTL);
            h.watermark(160);
            assertThat(h.harness.numKeyedStateEntries()).isZero();
            assertThat(h.harness.numEventTimeTimers()).isZero();
        }
    }

    /** It neither keeps a user alive nor makes newer behaviors go. */
    @ParameterizedTest
    @ValueSource(strings = {"latest", "event-time"})
    void anErasureDoesNotMoveTheTimeAtWhichItsUserIsForgotten(String mode) throws Exception {
        try (InterestHarness h =
                new InterestHarness(model(), null, "time.mode", mode, "state.ttl", "100ms")) {
            h.behavior("u", 1, 1000);
            h.watermark(1000);
            h.erase("u", 500);
            h.watermark(1001);
            h.erase("u", 900);
            h.watermark(1099);
            assertThat(h.harness.numKeyedStateEntries()).isEqualTo(VALUES_WITH_TTL);
            h.watermark(1100);
            assertThat(h.harness.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void aUserHasOneTimerHoweverManyBehaviors() throws Exception {
        try (InterestHarness h =
                new InterestHarness(model(), null, "time.mode", "event-time", "state.ttl", "1h")) {
            for (int n = 0; n < 1000; n++) {
                h.behavior("u", n, n);
            }
            h.watermark(1000);
            assertThat(h.harness.numEventTimeTimers()).isEqualTo(1);
        }
    }

    /** The end of all input sets every timer off; who starts from there finds everybody. */
    @ParameterizedTest
    @ValueSource(strings = {"latest", "event-time"})
    void theEndOfTimeForgetsNobodyAndLaterTheTtlGoesOn(String mode) throws Exception {
        String[] options = {"time.mode", mode, "state.ttl", "100ms"};
        OperatorSubtaskState snapshot;
        try (InterestHarness h = new InterestHarness(model(), null, options)) {
            h.behavior("u", 1, 10);
            h.watermark(20);
            h.harness.processWatermark(Watermark.MAX_WATERMARK);
            assertThat(h.harness.numKeyedStateEntries()).isEqualTo(VALUES_WITH_TTL);
            snapshot = h.harness.snapshot(1, 1);
        }
        try (InterestHarness h = new InterestHarness(model(), snapshot, options)) {
            h.watermark(109);
            assertThat(h.harness.numKeyedStateEntries()).isEqualTo(VALUES_WITH_TTL);
            h.watermark(110);
            assertThat(h.harness.numKeyedStateEntries()).isZero();
        }
    }

    /** A subtask may have no user at all, and must know of the end of time all the same. */
    @Test
    void aSubtaskWithoutUsersDoesNotSayThatTimersAreThere() throws Exception {
        String[] options = {"state.ttl", "100ms"};
        OperatorSubtaskState without;
        OperatorSubtaskState with;
        try (InterestHarness h = new InterestHarness(model(), null, options)) {
            h.watermark(20);
            h.harness.processWatermark(Watermark.MAX_WATERMARK);
            without = h.harness.snapshot(1, 1);
        }
        try (InterestHarness h = new InterestHarness(model(), null, options)) {
            h.behavior("u", 1, 10);
            h.harness.processWatermark(Watermark.MAX_WATERMARK);
            with = h.harness.snapshot(1, 1);
        }
        OperatorSubtaskState both = AbstractStreamOperatorTestHarness.repackageState(without, with);
        try (InterestHarness h = new InterestHarness(model(), both, options)) {
            assertThat(h.harness.numEventTimeTimers()).isEqualTo(1);
            h.watermark(110);
            assertThat(h.harness.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void aTtlThatIsSetLaterExpiresWhoIsThere() throws Exception {
        OperatorSubtaskState snapshot;
        try (InterestHarness h = new InterestHarness(model(), null)) {
            h.behavior("old", 1, 10);
            h.behavior("new", 2, 500);
            snapshot = h.harness.snapshot(1, 1);
        }
        try (InterestHarness h = new InterestHarness(model(), snapshot, "state.ttl", "100ms")) {
            assertThat(h.harness.numEventTimeTimers()).isEqualTo(2);
            h.watermark(200);
            assertThat(h.harness.numKeyedStateEntries()).isEqualTo(VALUES_WITH_TTL);
            h.watermark(600);
            assertThat(h.harness.numKeyedStateEntries()).isZero();
        }
    }

    /** The clock has gone on while the job was away, its input has not. */
    @Test
    void aDowntimeForgetsNobodyWhoseBehaviorsWait() throws Exception {
        String[] options = {"state.ttl", "100ms"};
        OperatorSubtaskState snapshot;
        try (InterestHarness h = new InterestHarness(model(), null, options)) {
            h.behavior("u", 1, 10);
            snapshot = h.harness.snapshot(1, 1);
        }
        try (InterestHarness h = new InterestHarness(model(), snapshot, options)) {
            h.harness.setProcessingTime(Records.START + 1_000_000);
            h.behavior("u", 2, 90);
            h.watermark(150);
            h.request("u", "r", 150);
            assertThat(h.tasks().get(0).prefix()).isEqualTo(2);
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
    void anErasureDatedAheadTakesNothingThatIsStillToCome() throws Exception {
        Erasure ahead = new Erasure("e", "u", Records.START + 1_000_000);
        InboundRecord erasure =
                InboundRecord.erasure(
                        new Origin("control", 0, 1, Records.START + 50),
                        null,
                        new WireEncoder<>(Erasure.class).encode(ahead),
                        ahead);
        try (InterestHarness h = new InterestHarness(model(), null)) {
            h.behavior("u", 1, 10);
            h.harness.processElement(erasure, Records.START + 50);
            h.behavior("u", 2, 60);
            h.request("u", "r", 100);
            assertHistory(model(), h.tasks().get(0), Records.behavior("u", 2, 60));
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
            assertThat(h.harness.numKeyedStateEntries()).as("history and timer").isEqualTo(2);
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

    /** What our own code fails on is one user's misfortune, not the job's. */
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
