package io.dienstream.job.learning.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.FieldScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Model;
import io.dienstream.job.Records;
import io.dienstream.job.artifact.LoadSettings;
import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.Commands;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelStage;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.TrainingExample;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.util.BroadcastOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ShadowFunctionTest {
    @TempDir private Path directory;

    private LoadSettings settings() {
        return new LoadSettings(
                "", directory.resolve("cache").toString(), 100 << 20, "", Duration.ZERO, 1);
    }

    /** Nine behaviors, one more than the model's L, of which the rule leaves it seven. */
    private static final int BEHAVIORS = 9;

    private static final int SEEN = 7;

    /** Three candidates, the second one clicked. */
    private static TrainingExample example(String arm) {
        AdRequest request = Records.request("u", "r", 100, 3);
        List<ServedBehavior> behaviors = new ArrayList<>();
        for (int t = 0; t < BEHAVIORS; t++) {
            Behavior b = Records.behavior("u", t, t);
            behaviors.add(new ServedBehavior(b.getTimestamp(), b.getFields()));
        }
        List<LabeledCandidate> candidates = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            candidates.add(
                    LabeledCandidate.newBuilder()
                            .setAdId("ad" + n)
                            .setFields(request.getCandidates().get(n).getFields())
                            .setClicked(n == 1)
                            .setImpressedAt(Records.START + 200)
                            .setPosition(n)
                            .setPctr(0.25f)
                            .setPricing("CPC")
                            .setBidMicros(1000L)
                            .setCurrency("EUR")
                            .build());
        }
        return TrainingExample.newBuilder()
                .setRequestId("r")
                .setUserId("u")
                .setTimestamp(request.getTimestamp())
                .setUser(request.getUser())
                .setContext(request.getContext())
                .setBehaviors(behaviors)
                .setCandidates(candidates)
                .setModelName("ads")
                .setModelVersion("7")
                .setModelFingerprint("0123456789abcdef")
                .setArm(arm)
                .build();
    }

    /** What {@code model} says where it is shown the newest {@code seen} behaviors and no other. */
    private static List<Double> naive(Model model, int seen) {
        TrainingExample e = example("live");
        List<ServedBehavior> newest = e.getBehaviors().subList(BEHAVIORS - seen, BEHAVIORS);
        FieldScorer scorer = new FieldScorer(new Scorer(model, KernelsProvider.get()));
        InterestHistory history =
                scorer.history(
                        seen, t -> newest.get(t).getTimestamp(), t -> newest.get(t).getFields());
        scorer.ask(e.getUser(), e.getContext(), 3, n -> e.getCandidates().get(n).getFields());
        scorer.score(history, seen);
        return IntStream.range(0, 3).mapToObj(n -> (double) scorer.scores().pctr(n)).toList();
    }

    private static List<Double> pctrs(List<ScoredImpression> scored) {
        return scored.stream().map(s -> s.outcome().pctr()).toList();
    }

    @Test
    void aShadowWithASmallerLSeesWhatTheRuleLeavesIt() throws Exception {
        Model model = ModelReader.read(Records.model(directory, 2));
        assertThat(model.config().maxLength()).isEqualTo(BEHAVIORS - 1);
        ShadowScorer shadow =
                new ShadowScorer(new Scorer(model, KernelsProvider.get()), ScoredBy.SHADOW);
        assertThat(pctrs(shadow.score(example("live"))))
                .isEqualTo(naive(model, SEEN))
                .isNotEqualTo(naive(model, BEHAVIORS - 1));
        TrainingExample none = example("live");
        none.getBehaviors().forEach(b -> b.setFields(Map.of("item", "i1", "shop", "s")));
        assertThat(shadow.notServed(none)).containsExactly("category");
        assertThat(shadow.notServed(example("live"))).isEmpty();
    }

    private CommandRecord publish(Path model, long offset) throws Exception {
        ModelCommand command =
                Commands.publish("next", ModelReader.read(model).checksum(), 0, offset);
        command.setUri(model.toUri().toString());
        command.setStage(ModelStage.SHADOW);
        return Commands.record(offset, 1, command);
    }

    @Test
    @Timeout(60)
    void aShadowScoresWhatTheLiveVersionAnswered() throws Exception {
        Path path = Records.model(directory, 2);
        Model model = ModelReader.read(path);
        ScoredBy by =
                new ScoredBy(
                        model.config().name(),
                        model.config().version(),
                        model.checksum().substring(0, 16),
                        "shadow");
        ShadowFunction function = new ShadowFunction(Commands.MODEL, settings());
        try (BroadcastOperatorTestHarness<JoinedExample, CommandRecord, ScoredImpression> h =
                ProcessFunctionTestHarnesses.forBroadcastProcessFunction(
                        function, ShadowFunction.COMMANDS)) {
            h.processElement(new JoinedExample(null, example("live")), 1);
            assertThat(h.extractOutputValues()).hasSize(3);
            h.processBroadcastElement(publish(path, 0), 2);
            while (function.readyShadows() == 0) {
                Thread.onSpinWait(); // the registry's threads load it
            }
            h.getOutput().clear();
            h.processElement(new JoinedExample(null, example("live")), 3);
            List<ScoredImpression> scored = h.extractOutputValues();
            assertThat(scored).hasSize(6);
            List<ScoredImpression> shadow = scored.subList(3, 6);
            assertThat(pctrs(shadow)).isEqualTo(naive(model, SEEN)).doesNotContain(0.25);
            assertThat(shadow).extracting(ScoredImpression::by).containsOnly(by);
            assertThat(shadow.get(1).outcome().clicked()).isTrue();
            assertThat(shadow.get(0).cold()).isFalse();
            assertThat(scored.get(0).by())
                    .isEqualTo(new ScoredBy("ads", "7", "0123456789abcdef", "live"));
            assertThat(scored.get(0).example()).isEqualTo(scored.get(3).example());
            assertThat(scored.get(0).outcome().worthMicros()).isEqualTo(1000);

            h.getOutput().clear();
            h.processElement(new JoinedExample(null, example("candidate")), 4);
            assertThat(h.extractOutputValues()).as("other users").hasSize(3);
            ModelCommand retire = Commands.of(ModelCommandKind.RETIRE, "next", 1);
            h.processBroadcastElement(Commands.record(1, 1, retire), 5);
            assertThat(function.readyShadows()).isZero();
        }
    }

    private static BroadcastOperatorTestHarness<JoinedExample, CommandRecord, ScoredImpression>
            restored(ShadowFunction function, OperatorSubtaskState state) throws Exception {
        var h =
                new BroadcastOperatorTestHarness<>(
                        new CoBroadcastWithNonKeyedOperator<>(
                                function, List.of(ShadowFunction.COMMANDS)),
                        1,
                        1,
                        0);
        h.setup();
        if (state != null) {
            h.initializeState(state);
        }
        h.open();
        return h;
    }

    /** No command comes again: what the snapshot holds is enough. */
    @Test
    @Timeout(60)
    void aShadowGoesOnAfterARestart() throws Exception {
        Path path = Records.model(directory, 2);
        OperatorSubtaskState state;
        List<ScoredImpression> before;
        ShadowFunction function = new ShadowFunction(Commands.MODEL, settings());
        try (var h = restored(function, null)) {
            h.processBroadcastElement(publish(path, 0), 1);
            while (function.readyShadows() == 0) {
                Thread.onSpinWait();
            }
            h.processElement(new JoinedExample(null, example("live")), 2);
            before = h.extractOutputValues();
            assertThat(before).hasSize(6);
            state = h.snapshot(1, 3);
        }
        ShadowFunction again = new ShadowFunction(Commands.MODEL, settings());
        try (var h = restored(again, state)) {
            // the state is seen with the first element, which the live version alone may score
            h.processElement(new JoinedExample(null, example("live")), 3);
            assertThat(h.extractOutputValues()).hasSizeBetween(3, 6);
            h.getOutput().clear();
            while (again.readyShadows() == 0) {
                Thread.onSpinWait();
            }
            h.processElement(new JoinedExample(null, example("live")), 4);
            assertThat(h.extractOutputValues()).isEqualTo(before);
            ModelCommand retire = Commands.of(ModelCommandKind.RETIRE, "next", 1);
            h.processBroadcastElement(Commands.record(1, 1, retire), 5);
            assertThat(again.readyShadows()).as("the plan is at the revision it was").isZero();
        }
    }

    @Test
    void whoeverDoesNotTellWhatWasSaidCountsForNobodyAndOneVersionIsLive() throws Exception {
        ShadowFunction function = new ShadowFunction(Commands.MODEL, settings());
        try (BroadcastOperatorTestHarness<JoinedExample, CommandRecord, ScoredImpression> h =
                ProcessFunctionTestHarnesses.forBroadcastProcessFunction(
                        function, ShadowFunction.COMMANDS)) {
            TrainingExample example = example(null);
            example.setModelName(null);
            h.processElement(new JoinedExample(null, example), 1);
            assertThat(h.extractOutputValues()).as("of no model").isEmpty();
            example = example(null);
            example.setModelFingerprint(null);
            example.getCandidates().get(0).setPctr(Float.NaN);
            example.getCandidates().get(1).setImpressedAt(null);
            h.processElement(new JoinedExample(null, example), 2);
            assertThat(h.extractOutputValues())
                    .extracting(ScoredImpression::by)
                    .as("of a job that has one version")
                    .containsExactly(new ScoredBy("ads", "7", "", "live"));
        }
    }
}
