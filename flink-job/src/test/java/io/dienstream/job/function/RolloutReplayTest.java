package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.job.Records;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.rollout.NewestCommands;
import io.dienstream.schema.ModelCommandKind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * By event time: nothing but the log decides, not who else is here, nor when a task was stopped.
 */
class RolloutReplayTest {
    private static final int LONGER = 3 * Records.MAX_LENGTH;
    private static final int BEHAVIORS = 2 * Records.MAX_LENGTH;

    @TempDir private Path directory;
    private final RolloutHarness.Log log = new RolloutHarness.Log();
    private Path model;
    private Path longer;

    /** From 100 to 200 a plan has one that sees more, from 1,000 on another one has it again. */
    @BeforeEach
    void commands() throws Exception {
        model = Records.model(directory, 1);
        longer = directory.resolve("longer");
        RandomModels.write(
                longer,
                RandomModels.config(
                        Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, LONGER),
                2);
        log.publish(100, "longer", longer, 0);
        log.add(200, ModelCommandKind.RETIRE, "longer");
        log.publish(1_000, "again", longer, 100);
    }

    private RolloutHarness open(OperatorSubtaskState state, NewestCommands newest)
            throws Exception {
        return new RolloutHarness(model, directory.resolve("cache"), state, newest);
    }

    private void toldAll(RolloutHarness h) throws Exception {
        for (var record : log.records) {
            h.command(record);
        }
    }

    /** What u is answered at 1,001, after its behaviors from 300 on. */
    private static ScoringTask answered(RolloutHarness h) throws Exception {
        for (int n = 0; n < BEHAVIORS; n++) {
            h.behavior("u", n, 300 + n);
        }
        h.request("u", "r", 1_001);
        h.watermark(2_000);
        List<ScoringTask> tasks =
                h.tasks().stream().filter(t -> t.request().userId().equals("u")).toList();
        assertThat(tasks).hasSize(1);
        return tasks.get(0);
    }

    private static void assertSame(ScoringTask task, ScoringTask expected) {
        assertThat(task.model()).isEqualTo(expected.model());
        assertThat(task.prefix()).isEqualTo(expected.prefix());
        int floats = expected.prefix() * expected.history().hidden();
        assertThat(Arrays.copyOf(task.history().states(), floats))
                .containsExactly(Arrays.copyOf(expected.history().states(), floats));
    }

    /** At another parallelism other users are a task's, and its plans have other records. */
    @Test
    void whatAUserIsAnsweredDependsOnNoOtherUser() throws Exception {
        ScoringTask alone;
        ScoringTask withAnother;
        try (RolloutHarness h = open(null, NewestCommands.NONE)) {
            toldAll(h);
            h.watermark(50);
            alone = answered(h);
        }
        try (RolloutHarness h = open(null, NewestCommands.NONE)) {
            toldAll(h);
            h.watermark(50);
            h.request("v", "of v", 150); // of the short plan
            withAnother = answered(h);
        }
        assertThat(alone.model().revision()).isEqualTo(3);
        assertThat(alone.prefix()).as("all of it was kept").isEqualTo(BEHAVIORS);
        assertSame(alone, withAnother);
    }

    /** Stopped before, in and after the short plan, of whose time it has no record. */
    @ParameterizedTest
    @ValueSource(longs = {60, 150, 250})
    void whatAUserIsAnsweredDependsOnNoRestart(long stopped) throws Exception {
        ScoringTask expected;
        OperatorSubtaskState state;
        try (RolloutHarness h = open(null, NewestCommands.NONE)) {
            toldAll(h);
            h.watermark(50);
            expected = answered(h);
        }
        try (RolloutHarness h = open(null, NewestCommands.NONE)) {
            toldAll(h);
            h.watermark(50);
            h.watermark(stopped);
            state = h.harness.snapshot(1, 1);
        }
        try (RolloutHarness h = open(state, NewestCommands.NONE)) {
            assertSame(answered(h), expected);
        }
    }

    /**
     * After a failure records come as fast as they can be read: a command that came after the
     * checkpoint must not come after them.
     */
    @Test
    void aTaskThatStartsKnowsTheCommandsThatHaveComeSinceItsCheckpoint() throws Exception {
        OperatorSubtaskState state;
        try (RolloutHarness h = open(null, NewestCommands.NONE)) {
            h.command(log.records.get(0));
            h.watermark(50);
            state = h.harness.snapshot(1, 1);
        }
        var records = List.copyOf(log.records);
        try (RolloutHarness h = open(state, () -> records)) {
            ScoringTask task = answered(h);
            assertThat(task.modelFingerprint()).isEqualTo(ModelReader.read(longer).fingerprint());
            assertThat(task.model().revision()).isEqualTo(3);
            toldAll(h); // the source repeats them, and that changes nothing
            h.request("u", "next", 2_001);
            h.watermark(3_000);
            assertThat(h.tasks().get(0).model().revision()).isEqualTo(3);
        }
    }
}
