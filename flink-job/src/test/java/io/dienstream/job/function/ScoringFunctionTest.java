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
import io.dienstream.dien.model.Model;
import io.dienstream.job.Records;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.ScoreFlag;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoringFunctionTest {
    private static final long NOW = 5_000;

    @TempDir private Path directory;
    private HistoryModel model;
    private OneInputStreamOperatorTestHarness<ScoringTask, OutboundRecord> harness;

    @BeforeEach
    void open() throws Exception {
        open(Records.model(directory, 1));
    }

    private void open(Path path, String... options) throws Exception {
        model = new Scorer(ModelReader.read(path), KernelsProvider.get()).historyModel();
        harness =
                ProcessFunctionTestHarnesses.forProcessFunction(
                        new ScoringFunction(Records.options(path, options), OutputLimits.DEFAULT));
        harness.setProcessingTime(NOW);
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    private InterestHistory history(int length) {
        InterestHistory history = model.newHistory();
        for (int n = 0; n < length; n++) {
            var b = Records.behavior("u", n, n);
            model.add(
                    history,
                    model.encode(b.getEventId(), b.getTimestamp(), b.getFields()),
                    model.newScratch());
        }
        return history;
    }

    private ScoredRequest answer(int n) throws Exception {
        OutboundRecord record = harness.extractOutputValues().get(n);
        ScoredRequest answer = WireDecoder.of(ScoredRequest.class).decode(record.value());
        assertThat(record.key()).isEqualTo(answer.getRequestId().getBytes(StandardCharsets.UTF_8));
        return answer;
    }

    @Test
    void answersWithEveryCandidateRankedOnce() throws Exception {
        AdRequest request = Records.request("u", "r", 100, 40);
        harness.processElement(task(request, history(5), 3, false), 1);
        ScoredRequest answer = answer(0);
        assertThat(answer.getCandidates()).hasSize(40);
        assertThat(answer.getCandidates())
                .extracting(ScoredCandidate::getPosition)
                .doesNotHaveDuplicates();
        for (int n = 0; n < 40; n++) {
            ScoredCandidate c = answer.getCandidates().get(n);
            assertThat(c.getRank()).isEqualTo(n + 1);
            assertThat(c.getPctr()).isBetween(0f, 1f);
            if (n > 0) {
                assertThat(c.getEcpmMicros())
                        .isLessThanOrEqualTo(answer.getCandidates().get(n - 1).getEcpmMicros());
            }
        }
        assertThat(answer.getSequenceLength()).isEqualTo(3);
        assertThat(answer.getNewestBehaviorTimestamp()).isEqualTo(Records.START + 2);
        assertThat(answer.getModelName()).isEqualTo("random");
        assertThat(answer.getModelVersion()).isEqualTo("7");
        assertThat(answer.getTimestamp()).isEqualTo(Records.START + 100);
        assertThat(answer.getProcessingTimestamp()).isEqualTo(NOW);
        // i19 and up are not in the vocabulary of the model
        assertThat(answer.getFlags()).containsExactly(ScoreFlag.UNKNOWN_ITEM);
    }

    /**
     * Of the same history and ads: what is left out shows, and not without the option. Each ad for
     * itself: of several in a tile, whose size is the kernels', a step is left out only where all
     * agree.
     */
    @Test
    void leavesOutTheAttentionTailOnlyWhenAsked() throws Exception {
        List<Float> exact = scoresOneByOne(20);
        assertThat(scoresOneByOne(20)).isEqualTo(exact);
        harness.close();
        open(Records.model(directory.resolve("again"), 1), JobOptions.ATTENTION_TAIL.key(), "0.5");
        assertThat(scoresOneByOne(20)).isNotEqualTo(exact);
    }

    private List<Float> scoresOneByOne(int ads) throws Exception {
        int before = harness.extractOutputValues().size();
        InterestHistory history = history(12);
        List<Float> scores = new ArrayList<>();
        for (int n = 0; n < ads; n++) {
            AdRequest request = Records.request("u", "r" + n, 100, ads);
            request.setCandidates(request.getCandidates().subList(n, n + 1));
            harness.processElement(task(request, history, history.size(), false), 1);
            scores.add(answer(before + n).getCandidates().get(0).getPctr());
        }
        return scores;
    }

    @Test
    void flagsColdUsersAndLateRequests() throws Exception {
        AdRequest request = Records.request("u", "r", 0, 2);
        harness.processElement(task(request, history(0), 0, true), 1);
        ScoredRequest answer = answer(0);
        assertThat(answer.getFlags()).containsExactly(ScoreFlag.COLD_USER, ScoreFlag.LATE_REQUEST);
        assertThat(answer.getNewestBehaviorTimestamp()).isNull();
    }

    @Test
    void servesWhatWasScored() throws Exception {
        AdRequest request = Records.request("u", "r", 100, 2);
        harness.processElement(task(request, history(5), 2, false), 1);
        StreamRecord<OutboundRecord> record = harness.getSideOutput(ScoringFunction.SERVED).poll();
        ServedRequest served =
                WireDecoder.of(ServedRequest.class).decode(record.getValue().value());
        assertThat(served.getBehaviors()).hasSize(2);
        assertThat(served.getBehaviors().get(1).getFields())
                .isEqualTo(Records.behavior("u", 1, 1).getFields());
        assertThat(served.getCandidates()).isEqualTo(request.getCandidates());
        ScoredCandidate best = answer(0).getCandidates().get(0);
        assertThat(served.getPctr().get(best.getPosition())).isEqualTo(best.getPctr());
    }

    @Test
    void candidateFieldsThatTheModelDoesNotHaveAreNotServed() throws Exception {
        var request = Records.request("u", "r", 100, 2);
        Map<String, String> known = Map.copyOf(request.getCandidates().get(0).getFields());
        Map<String, String> more = new HashMap<>(known);
        more.put("note", "x".repeat(1000));
        request.getCandidates().get(0).setFields(more);
        harness.processElement(task(request, history(2), 2, false), 0);
        ServedRequest served =
                WireDecoder.of(ServedRequest.class)
                        .decode(
                                harness.getSideOutput(ScoringFunction.SERVED)
                                        .element()
                                        .getValue()
                                        .value());
        assertThat(served.getCandidates().get(0).getFields()).isEqualTo(known);
        assertThat(served.getCandidates().get(1)).isEqualTo(request.getCandidates().get(1));
        assertThat(answer(0).getCandidates()).hasSize(2);
    }

    @Test
    void deadLettersUserAndContextFieldsThatTheModelDoesNotHave() throws Exception {
        AdRequest user = Records.request("u", "r", 0, 2);
        user.setUser(Map.of("shoe-size", "44"));
        AdRequest context = Records.request("u", "r", 0, 2);
        context.setContext(Map.of("hour", "3"));
        for (AdRequest request : new AdRequest[] {user, context}) {
            harness.processElement(task(request, history(1), 1, false), 1);
            DeadLetter letter = deadLetter();
            assertThat(letter.getReason()).isEqualTo("unknown_field");
            assertThat(letter.getMessage()).doesNotContain("44");
            assertThat(letter.getOriginPartition()).isEqualTo(3);
        }
        assertThat(harness.extractOutputValues()).isEmpty();
    }

    /** A history that no model made: our code throws, the job does not. */
    @Test
    void setsAsideARecordThatFailsInsideOurCode() throws Exception {
        InterestHistory broken = new InterestHistory(new String[] {"item"}, 99, 4);
        AdRequest request = Records.request("u", "poison", 0, 2);
        harness.processElement(task(request, broken, 0, false), 1);
        assertThat(deadLetter().getReason()).isEqualTo("internal");
        harness.processElement(task(Records.request("u", "next", 0, 2)), 1);
        assertThat(answer(0).getRequestId()).isEqualTo("next");
    }

    @Test
    void aRequestPastItsDeadlineIsNeverScored() throws Exception {
        for (String expired : List.of("answer", "drop")) {
            close();
            open(
                    directory.resolve("model-1"),
                    "request.deadline",
                    "100ms",
                    "request.expired",
                    expired);
            harness.setProcessingTime(Records.START + 100);
            harness.processElement(task(Records.request("u", "in-time", 0, 2)), 1);
            harness.setProcessingTime(Records.START + 101);
            harness.processElement(task(Records.request("u", "expired", 0, 2)), 1);
            assertThat(answer(0).getCandidates()).hasSize(2);
            assertThat(answer(0).getFlags()).isEmpty();
            if (expired.equals("answer")) {
                assertThat(answer(1).getRequestId()).isEqualTo("expired");
                assertThat(answer(1).getCandidates()).isEmpty();
                assertThat(answer(1).getFlags()).containsExactly(ScoreFlag.EXPIRED);
            }
            assertThat(harness.extractOutputValues()).hasSize(expired.equals("answer") ? 2 : 1);
            assertThat(harness.getSideOutput(ScoringFunction.SERVED)).hasSize(1);
            assertThat(harness.getSideOutput(ScoringFunction.DEAD_LETTERS)).isNull();
        }
    }

    private ScoringTask task(AdRequest request) {
        return task(request, history(1), 1, false);
    }

    private ScoringTask task(AdRequest request, InterestHistory history, int prefix, boolean late) {
        return new ScoringTask(
                Records.inbound(request), history, prefix, late, model.fingerprint());
    }

    /**
     * Interest states of one model under the weights of another are a score of neither. Tasks of
     * the releases before tell no model.
     */
    @Test
    void anotherModelsInterestStatesAreRebuiltBeforeTheyAreScored() throws Exception {
        HistoryModel scores = model;
        HistoryModel other =
                new Scorer(ModelReader.read(Records.model(directory, 2)), KernelsProvider.get())
                        .historyModel();
        AdRequest request = Records.request("u", "r", 3, 20);
        harness.processElement(task(request, history(6), 4, false), 1);
        model = other;
        ScoringTask foreign = task(request, history(6), 4, false);
        harness.processElement(foreign, 1);
        harness.processElement(
                new ScoringTask(foreign.request(), history(6), 4, false, ScoringTask.UNTOLD), 1);
        assertThat(other.fingerprint()).isNotEqualTo(scores.fingerprint());
        for (int n = 1; n <= 2; n++) {
            assertThat(answer(n)).isEqualTo(answer(0));
            assertThat(answer(n).getSequenceLength()).isEqualTo(4);
        }
    }

    private ScoringTask stamped(Path model, String sha256, long fingerprint) {
        ModelStamp stamp =
                new ModelStamp(fingerprint, model.toUri().toString(), sha256, 1, true, 4);
        AdRequest request = Records.request("u", "r", 3, 20);
        return new ScoringTask(Records.inbound(request), history(4), 4, false, stamp);
    }

    /** A published version scores what was given to it, and the answer says which and why. */
    @Test
    void theVersionOfTheStampScores() throws Exception {
        Path other = Records.model(directory, 2);
        Model published = ModelReader.read(other);
        AdRequest request = Records.request("u", "r", 3, 20);
        harness.processElement(task(request, history(4), 4, false), 1);
        model = new Scorer(published, KernelsProvider.get()).historyModel();
        harness.processElement(stamped(other, published.checksum(), published.fingerprint()), 1);
        harness.close();
        assertThat(answer(0).getArm()).isEqualTo("live");
        assertThat(answer(1).getArm()).isEqualTo("candidate");
        assertThat(answer(1).getPlanRevision()).isEqualTo(4);
        assertThat(answer(1).getModelFingerprint())
                .isEqualTo(published.checksum().substring(0, 16));
        open(other);
        harness.processElement(task(request, history(4), 4, false), 1);
        assertThat(answer(0).getCandidates()).isNotEmpty();
    }

    /** Another version must not score in its place: the answer would not be the plan's. */
    @Test
    void aVersionThatCannotBeLoadedScoresNothingUntilItCan() throws Exception {
        Path other = Records.model(directory, 9); // of which no copy is in this JVM's cache
        Model published = ModelReader.read(other);
        Path away = Files.move(other, directory.resolve("away"));
        model = new Scorer(published, KernelsProvider.get()).historyModel();
        ScoringTask task = stamped(other, published.checksum(), published.fingerprint());
        harness.processElement(task, 1);
        DeadLetter letter = deadLetter();
        assertThat(letter.getReason()).isEqualTo("model_unavailable");
        assertThat(letter.getMessage()).contains("model-9");
        harness.processElement(task(Records.request("u", "live", 3, 2)), 1);
        assertThat(answer(0).getRequestId()).isEqualTo("live");

        Files.move(away, other);
        for (int n = 0; harness.extractOutputValues().size() < 2; n++) {
            assertThat(n).as("tried again").isLessThan(1000);
            Thread.sleep(10);
            harness.setProcessingTime(NOW + 6_000 + 10 * n);
            harness.processElement(task, 1);
        }
        assertThat(answer(1).getModelFingerprint())
                .isEqualTo(published.checksum().substring(0, 16));
    }

    /** What the states are rebuilt of is cut by the model that scores. */
    @Test
    void aRequestSeesNoMoreThanTheModelThatScoresRetains() throws Exception {
        Path longer = directory.resolve("longer");
        HistoryModel scores = model;
        model =
                new Scorer(
                                RandomModels.write(
                                        longer,
                                        RandomModels.config(
                                                Architecture.DIEN,
                                                AttentionType.BILINEAR,
                                                GateForm.PAPER,
                                                3 * Records.MAX_LENGTH),
                                        7),
                                KernelsProvider.get())
                        .historyModel();
        int length = 2 * Records.MAX_LENGTH + 1;
        AdRequest request = Records.request("u", "r", length, 4);
        harness.processElement(task(request, history(length), length, false), 1);
        model = scores;
        InterestHistory own = history(length);
        harness.processElement(task(request, own, own.size(), false), 1);
        assertThat(own.size()).isLessThanOrEqualTo(Records.MAX_LENGTH);
        assertThat(answer(0)).isEqualTo(answer(1));
    }

    private DeadLetter deadLetter() throws Exception {
        StreamRecord<OutboundRecord> record =
                harness.getSideOutput(ScoringFunction.DEAD_LETTERS).poll();
        return WireDecoder.of(DeadLetter.class).decode(record.getValue().value());
    }
}
