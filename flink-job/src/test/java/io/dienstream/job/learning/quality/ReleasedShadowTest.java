package io.dienstream.job.learning.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.artifact.LoadSettings;
import io.dienstream.job.learning.record.JoinedExample;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.Commands;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelStage;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.util.BroadcastOperatorTestHarness;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The commands that the shadows' operator has left in its broadcast state, in each layout that
 * there ever was.
 */
class ReleasedShadowTest {
    private static final String NEXT = "b".repeat(64);

    @TempDir private Path directory;

    private static BroadcastOperatorTestHarness<JoinedExample, CommandRecord, ScoredImpression>
            open(Path cache, OperatorSubtaskState state) throws Exception {
        LoadSettings settings =
                new LoadSettings("", cache.toString(), 100 << 20, "", Duration.ZERO, 1);
        var h =
                new BroadcastOperatorTestHarness<>(
                        new CoBroadcastWithNonKeyedOperator<>(
                                new ShadowFunction(Commands.MODEL, settings),
                                List.of(ShadowFunction.COMMANDS)),
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

    private static List<CommandRecord> commands() {
        ModelCommand shadow = Commands.publish("next", NEXT, 0, 0);
        shadow.setStage(ModelStage.SHADOW);
        ModelCommand other = Commands.publish("other", 5, 1);
        ModelCommand pause = Commands.of(ModelCommandKind.PAUSE, "", 2);
        return List.of(
                Commands.record(7, 1_700_000_000_001L, shadow),
                Commands.record(8, 1_700_000_000_002L, other),
                Commands.record(11, 1_700_000_000_003L, pause));
    }

    @ParameterizedTest
    @ValueSource(ints = {1})
    void knowsThePlanThatItKnew(int layout) throws Exception {
        String name = "/state/shadows-" + layout + ".snapshot";
        URL url = ReleasedShadowTest.class.getResource(name);
        assertThat(url).as(name).isNotNull();
        OperatorSubtaskState state =
                OperatorSnapshotUtil.readStateHandle(Path.of(url.toURI()).toString());
        List<CommandRecord> known = new ArrayList<>();
        try (var h = open(directory, state)) {
            h.getBroadcastState(ShadowFunction.COMMANDS)
                    .immutableEntries()
                    .forEach(entry -> known.add(entry.getValue()));
        }
        known.sort(Comparator.comparingLong(CommandRecord::offset));
        assertThat(known).extracting(CommandRecord::offset).containsExactly(7L, 8L, 11L);
        assertThat(known)
                .extracting(CommandRecord::timestamp)
                .containsExactly(1_700_000_000_001L, 1_700_000_000_002L, 1_700_000_000_003L);
        RolloutLog log = new RolloutLog(Commands.MODEL);
        log.acceptAll(known);
        assertThat(log.plan().revision()).isEqualTo(3);
        assertThat(log.plan().paused()).isTrue();
        assertThat(log.plan().shadows()).hasSize(1);
        assertThat(log.plan().shadows().get(0).name()).isEqualTo("next");
        assertThat(log.plan().shadows().get(0).sha256()).isEqualTo(NEXT);
        assertThat(log.plan().candidate("other").percent()).isEqualTo(5);
    }

    /** Writes today's snapshot to a directory, as of the layout that is the second argument. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        try (var h = open(directory.resolve("cache"), null)) {
            for (CommandRecord command : commands()) {
                h.processBroadcastElement(command, command.timestamp());
            }
            OperatorSnapshotUtil.writeStateHandle(
                    h.snapshot(1, 1),
                    directory.resolve("shadows-" + args[1] + ".snapshot").toString());
        }
    }
}
