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
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.Commands;
import io.dienstream.job.rollout.NewestCommands;
import io.dienstream.job.state.ScoringTaskSerializer;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelStatus;
import io.dienstream.wire.WireDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An interest operator with commands in a harness, and two models that it may be given. */
abstract class RolloutOperatorScenario {
    static final long NOW = Records.START + 1_000_000;

    @TempDir Path directory;
    Path a;
    Path b;
    long offset;
    private long revision;
    KeyedTwoInputStreamOperatorTestHarness<String, InboundRecord, CommandRecord, ScoringTask>
            harness;

    @BeforeEach
    void models() throws Exception {
        a = Records.model(directory, 1);
        b = Records.model(directory, 2);
    }

    @AfterEach
    void close() throws Exception {
        if (harness != null) {
            harness.close();
        }
    }

    void open(OperatorSubtaskState state, List<CommandRecord> built, String... options)
            throws Exception {
        if (harness != null) {
            harness.close();
        }
        JobOptions parsed = options(options);
        harness =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        new InterestOperator(
                                parsed, OutputLimits.DEFAULT, built, NewestCommands.NONE),
                        InboundRecord::userId,
                        command -> "",
                        Types.STRING);
        harness.setup(ScoringTaskSerializer.TYPE.createSerializer(null));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        harness.setProcessingTime(NOW);
    }

    /** Copies that other tests have fetched would hide what is wrong with an artifact. */
    JobOptions options(String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("rollout.enabled", "true"));
        all.addAll(List.of("model.cache-directory", directory.resolve("cache").toString()));
        return Records.options(a, all.toArray(String[]::new));
    }

    static String checksum(Path model) throws Exception {
        return ModelReader.read(model).checksum();
    }

    CommandRecord record(ModelCommand command) {
        return Commands.record(offset++, NOW, command);
    }

    void command(ModelCommand command) throws Exception {
        command.setExpectedRevision(revision++);
        harness.processElement2(new StreamRecord<>(record(command)));
    }

    ModelCommand publish(String version, Path model, double percent) throws Exception {
        ModelCommand command = Commands.publish(version, checksum(model), percent, revision);
        command.setUri(uri(model));
        return command;
    }

    /** What a task waits for in a test that must not depend on when it comes. */
    void awaitLoaded(Path model) throws Exception {
        awaitDecided(model, checksum(model));
    }

    /** Until the artifact at {@code model}, there or not, is loaded or refused. */
    void awaitDecided(Path model, String sha256) throws Exception {
        ModelRef own = ModelRef.configured(options());
        ModelRef ref = new ModelRef(uri(model), sha256, own.settings());
        try (ModelLease lease = ModelRegistry.shared().lease(ref, 0)) {
            lease.await();
        }
    }

    /** The same whether or not the directory is there, which Path looks at. */
    static String uri(Path model) {
        String uri = model.toUri().toString();
        return uri.endsWith("/") ? uri : uri + "/";
    }

    void behavior(String user, int event, long time) throws Exception {
        harness.processElement1(
                new StreamRecord<>(
                        Records.inbound(Records.behavior(user, event, time)),
                        Records.START + time));
    }

    ScoringTask request(String user, long time) throws Exception {
        harness.processElement1(
                new StreamRecord<>(
                        Records.inbound(Records.request(user, "r" + time, time, 2)),
                        Records.START + time));
        return tasks().get(0);
    }

    List<ScoringTask> tasks() {
        return InterestHarness.tasks(harness);
    }

    Map<String, ModelStatus> statuses() throws Exception {
        Map<String, ModelStatus> newest = new LinkedHashMap<>();
        var records = harness.getSideOutput(InterestOperator.MODEL_STATUS);
        for (StreamRecord<OutboundRecord> r :
                records == null ? List.<StreamRecord<OutboundRecord>>of() : records) {
            ModelStatus status = WireDecoder.of(ModelStatus.class).decode(r.getValue().value());
            newest.put(status.getVersion(), status);
        }
        return newest;
    }

    /** The task is for {@code model}, and its states are what that computes from the behaviors. */
    static void assertScoredBy(Path model, ScoringTask task, Behavior... behaviors)
            throws Exception {
        Scorer scorer = new Scorer(ModelReader.read(model), KernelsProvider.get());
        HistoryModel histories = scorer.historyModel();
        assertThat(task.modelFingerprint()).isEqualTo(histories.fingerprint());
        InterestHistory expected = histories.newHistory();
        for (Behavior behavior : behaviors) {
            histories.add(
                    expected,
                    histories.encode(
                            behavior.getEventId(), behavior.getTimestamp(), behavior.getFields()),
                    histories.newScratch());
        }
        int floats = behaviors.length * expected.hidden();
        assertThat(task.prefix()).isEqualTo(behaviors.length);
        assertThat(Arrays.copyOf(task.history().states(), floats))
                .containsExactly(Arrays.copyOf(expected.states(), floats));
    }
}
