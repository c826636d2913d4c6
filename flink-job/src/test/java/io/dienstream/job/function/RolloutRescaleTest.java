package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.Records;
import io.dienstream.job.artifact.ModelLease;
import io.dienstream.job.artifact.ModelRef;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.Commands;
import io.dienstream.job.rollout.NewestCommands;
import io.dienstream.job.rollout.PlanChange;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.job.state.ScoringTaskSerializer;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eight subtasks in mid-rollout, then three, then eight again: scenario 6 of a rollout. */
class RolloutRescaleTest {
    private static final int MOST = 64;
    private static final int USERS = 120;
    private static final long NOW = Records.START + 1_000_000;

    private static final class Subtask
            extends KeyedTwoInputStreamOperatorTestHarness<
                    String, InboundRecord, CommandRecord, ScoringTask> {
        Subtask(JobOptions options, int count, int index) throws Exception {
            super(
                    new InterestOperator(
                            options, OutputLimits.DEFAULT, List.of(), NewestCommands.NONE),
                    InboundRecord::userId,
                    command -> own(count, index),
                    Types.STRING,
                    MOST,
                    count,
                    index);
        }
    }

    /** A key of the subtask: commands have none, but the harness asks for one. */
    private static String own(int count, int index) {
        int n = 0;
        while (KeyGroupRangeAssignment.assignKeyToParallelOperator("" + n, MOST, count) != index) {
            n++;
        }
        return "" + n;
    }

    @TempDir private Path directory;
    private final List<Subtask> subtasks = new ArrayList<>();
    private final Map<Path, HistoryModel> histories = new HashMap<>();
    private Path live;
    private Path candidate;
    private Path next;
    private RolloutPlan plan = RolloutPlan.INITIAL;
    private long offset;
    private long time;

    @BeforeEach
    void models() throws Exception {
        live = Records.model(directory, 1);
        candidate = Records.model(directory, 2);
        next = Records.model(directory, 3);
    }

    @AfterEach
    void close() throws Exception {
        for (Subtask subtask : subtasks) {
            subtask.close();
        }
        subtasks.clear();
    }

    private JobOptions options() {
        return Records.options(
                live,
                "rollout.enabled",
                "true",
                "model.cache-directory",
                directory.resolve("cache").toString());
    }

    /** Starts so many, from what the subtasks before them had. */
    private void open(int count) throws Exception {
        int before = subtasks.size();
        OperatorSubtaskState[] states = new OperatorSubtaskState[before];
        for (int n = 0; n < before; n++) {
            states[n] = subtasks.get(n).snapshot(1, 1);
        }
        close();
        for (int n = 0; n < count; n++) {
            Subtask subtask = new Subtask(options(), count, n);
            subtask.setup(ScoringTaskSerializer.TYPE.createSerializer(null));
            if (before > 0) {
                subtask.initializeState(
                        AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                AbstractStreamOperatorTestHarness.repackageState(states),
                                MOST,
                                before,
                                count,
                                n));
            }
            subtask.open();
            subtask.setProcessingTime(NOW);
            subtasks.add(subtask);
        }
    }

    /** Gives a command to all subtasks, and has each version of the plan loaded. */
    private void command(ModelCommand command) throws Exception {
        command.setExpectedRevision(plan.revision());
        plan = PlanChange.apply(plan, command).plan();
        CommandRecord record = Commands.record(offset++, NOW, command);
        for (Subtask subtask : subtasks) {
            subtask.processElement2(new StreamRecord<>(record));
        }
        awaitLoaded();
    }

    private void awaitLoaded() throws Exception {
        for (var version : plan.loaded()) {
            if (!version.isConfigured()) {
                var settings = ModelRef.configured(options()).settings();
                var ref = new ModelRef(version.uri(), version.sha256(), settings);
                try (ModelLease lease = ModelRegistry.shared().lease(ref, 0)) {
                    lease.await();
                }
            }
        }
    }

    private ModelCommand publish(String version, Path model, double percent) throws Exception {
        ModelCommand command =
                Commands.publish(
                        version, ModelReader.read(model).checksum(), percent, plan.revision());
        command.setUri(model.toUri().toString());
        return command;
    }

    /** One behavior and one request of every user; each is for the version of the plan. */
    private void assertEverybodyIsAnsweredByThePlan() throws Exception {
        time++;
        for (int u = 0; u < USERS; u++) {
            String user = "u" + u;
            Subtask subtask =
                    subtasks.get(
                            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                    user, MOST, subtasks.size()));
            subtask.processElement1(
                    new StreamRecord<>(
                            Records.inbound(Records.behavior(user, (int) time, 10 * time)),
                            Records.START + 10 * time));
            subtask.processElement1(
                    new StreamRecord<>(
                            Records.inbound(Records.request(user, "r" + time, 10 * time + 1, 2)),
                            Records.START + 10 * time + 1));
            assertAnswered(user, ((StreamRecord<?>) subtask.getOutput().poll()).getValue());
        }
    }

    private void assertAnswered(String user, Object output) throws Exception {
        ScoringTask task = (ScoringTask) output;
        var given = plan.candidateOf(user);
        Path model = given == null ? pathOf(plan.live().uri()) : pathOf(given.version().uri());
        assertThat(task.model().revision()).as(user).isEqualTo(plan.revision());
        assertThat(task.model().candidate()).as(user).isEqualTo(given != null);
        HistoryModel own = histories(model);
        InterestHistory expected = own.newHistory();
        for (int t = 1; t <= time; t++) {
            var behavior = Records.behavior(user, t, 10L * t);
            own.add(
                    expected,
                    own.encode(
                            behavior.getEventId(), behavior.getTimestamp(), behavior.getFields()),
                    own.newScratch());
        }
        assertThat(task.modelFingerprint()).as(user).isEqualTo(own.fingerprint());
        assertThat(task.prefix()).as(user).isEqualTo((int) time);
        int floats = (int) time * expected.hidden();
        assertThat(Arrays.copyOf(task.history().states(), floats))
                .as(user)
                .containsExactly(Arrays.copyOf(expected.states(), floats));
    }

    private HistoryModel histories(Path model) throws Exception {
        HistoryModel known = histories.get(model);
        if (known == null) {
            known = new Scorer(ModelReader.read(model), KernelsProvider.get()).historyModel();
            histories.put(model, known);
        }
        return known;
    }

    private Path pathOf(String uri) {
        return List.of(candidate, next).stream()
                .filter(path -> path.toUri().toString().equals(uri))
                .findFirst()
                .orElse(live);
    }

    @Test
    void aRolloutGoesOnAtAnotherParallelism() throws Exception {
        open(8);
        assertEverybodyIsAnsweredByThePlan();
        command(publish("candidate", candidate, 40));
        assertEverybodyIsAnsweredByThePlan();
        open(3);
        awaitLoaded();
        assertEverybodyIsAnsweredByThePlan();
        command(Commands.of(ModelCommandKind.PROMOTE, "candidate", 0));
        command(publish("next", next, 30));
        assertEverybodyIsAnsweredByThePlan();
        open(8);
        awaitLoaded();
        assertEverybodyIsAnsweredByThePlan();
        command(Commands.of(ModelCommandKind.ROLLBACK, "", 0));
        assertEverybodyIsAnsweredByThePlan();
        assertThat(plan.revision()).isEqualTo(4);
    }
}
