package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
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
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelState;
import io.dienstream.schema.ModelStatus;
import io.dienstream.wire.WireDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The interest operator with commands: which version a task is for, with whose states. */
class RolloutOperatorTest {
    private static final long NOW = Records.START + 1_000_000;

    @TempDir private Path directory;
    private Path a;
    private Path b;
    private long offset;
    private long revision;
    private KeyedTwoInputStreamOperatorTestHarness<
                    String, InboundRecord, CommandRecord, ScoringTask>
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

    private void open(OperatorSubtaskState state, List<CommandRecord> built, String... options)
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
    private JobOptions options(String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("rollout.enabled", "true"));
        all.addAll(List.of("model.cache-directory", directory.resolve("cache").toString()));
        return Records.options(a, all.toArray(String[]::new));
    }

    private static String checksum(Path model) throws Exception {
        return ModelReader.read(model).checksum();
    }

    private CommandRecord record(ModelCommand command) {
        return Commands.record(offset++, NOW, command);
    }

    private void command(ModelCommand command) throws Exception {
        command.setExpectedRevision(revision++);
        harness.processElement2(new StreamRecord<>(record(command)));
    }

    private ModelCommand publish(String version, Path model, double percent) throws Exception {
        ModelCommand command = Commands.publish(version, checksum(model), percent, revision);
        command.setUri(model.toUri().toString());
        return command;
    }

    /** What a task waits for in a test that must not depend on when it comes. */
    private void awaitLoaded(Path model) throws Exception {
        ModelRef own = ModelRef.configured(options());
        ModelRef ref = new ModelRef(model.toUri().toString(), checksum(model), own.settings());
        try (ModelLease lease = ModelRegistry.shared().lease(ref, 0)) {
            lease.await();
        }
    }

    private void behavior(String user, int event, long time) throws Exception {
        harness.processElement1(
                new StreamRecord<>(
                        Records.inbound(Records.behavior(user, event, time)),
                        Records.START + time));
    }

    private ScoringTask request(String user, long time) throws Exception {
        harness.processElement1(
                new StreamRecord<>(
                        Records.inbound(Records.request(user, "r" + time, time, 2)),
                        Records.START + time));
        return tasks().get(0);
    }

    private List<ScoringTask> tasks() {
        List<ScoringTask> tasks = new ArrayList<>();
        for (Object element : harness.getOutput()) {
            if (element instanceof StreamRecord<?> record) {
                tasks.add((ScoringTask) record.getValue());
            }
        }
        harness.getOutput().clear();
        return tasks;
    }

    private Map<String, ModelStatus> statuses() throws Exception {
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
    private static void assertScoredBy(Path model, ScoringTask task, Behavior... behaviors)
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

    @Test
    void candidatesAnswerTheirUsersByTheirOwnStates() throws Exception {
        open(null, List.of());
        Behavior first = Records.behavior("u", 1, 10);
        behavior("u", 1, 10);
        assertScoredBy(a, request("u", 11), first);
        command(publish("b", b, 100));
        awaitLoaded(b);
        ScoringTask task = request("u", 12);
        assertScoredBy(b, task, first);
        assertThat(task.model().candidate()).isTrue();
        assertThat(task.model().revision()).isEqualTo(1);
        command(Commands.of(ModelCommandKind.PAUSE, "", 0));
        ScoringTask paused = request("u", 13);
        assertScoredBy(a, paused, first);
        assertThat(paused.model().candidate()).isFalse();
    }

    @Test
    void aPromotionAndARollbackChangeWhoseStatesAreKept() throws Exception {
        open(null, List.of());
        Behavior first = Records.behavior("u", 1, 10);
        Behavior second = Records.behavior("u", 2, 20);
        Behavior third = Records.behavior("u", 3, 30);
        behavior("u", 1, 10);
        command(publish("b", b, 0));
        awaitLoaded(b);
        assertScoredBy(a, request("u", 11), first);
        command(Commands.of(ModelCommandKind.PROMOTE, "b", 0));
        assertScoredBy(b, request("u", 12), first);
        behavior("u", 2, 20);
        assertScoredBy(b, request("u", 21), first, second);
        command(Commands.of(ModelCommandKind.ROLLBACK, "", 0));
        assertScoredBy(a, request("u", 22), first, second);
        behavior("u", 3, 30);
        assertScoredBy(a, request("u", 31), first, second, third);
    }

    /** Scenario 3: nobody is given to what cannot answer, however the plan is. */
    @Test
    void whatIsRefusedIsNeverUsedAndTold() throws Exception {
        open(null, List.of());
        Path half = directory.resolve("half");
        Files.createDirectories(half);
        Files.copy(b.resolve("model.json"), half.resolve("model.json"));
        ModelCommand publish = publish("b", b, 50);
        publish.setUri(half.toUri().toString());
        command(publish);
        command(Commands.of(ModelCommandKind.PROMOTE, "b", 0));
        ModelRef own = ModelRef.configured(options());
        try (ModelLease lease =
                ModelRegistry.shared()
                        .lease(
                                new ModelRef(half.toUri().toString(), checksum(b), own.settings()),
                                0)) {
            lease.await();
        }
        assertScoredBy(a, request("u", 10));
        harness.setProcessingTime(NOW + 1000);
        assertThat(statuses().get("b").getState()).isEqualTo(ModelState.REFUSED);
        assertThat(statuses().get("b").getReason()).contains("half");
        assertThat(statuses().get("configured").getState()).isEqualTo(ModelState.DRAINING);

        // scenario 1: whole now, and published again
        FileUtils.deleteDirectoryQuietly(half.toFile());
        copy(b, half);
        command(publish);
        try (ModelLease lease =
                ModelRegistry.shared()
                        .lease(
                                new ModelRef(half.toUri().toString(), checksum(b), own.settings()),
                                0)) {
            lease.await();
        }
        assertScoredBy(b, request("u", 11));
        harness.setProcessingTime(NOW + 2000);
        assertThat(statuses().get("b").getState()).isEqualTo(ModelState.SERVING);
    }

    /** A candidate has to know what the live version knows; what was live once has not. */
    @Test
    void afterARestartARollbackFindsWhatWasLiveThoughItKnowsLess() throws Exception {
        ModelConfig config = ModelReader.read(a).config();
        Path less = directory.resolve("less");
        RandomModels.write(less, withoutUserFields(config), 4);
        open(null, List.of(), "model.path", less.toString());
        command(publish("b", b, 0));
        awaitLoaded(b);
        command(Commands.of(ModelCommandKind.PROMOTE, "b", 0));
        assertScoredBy(b, request("u", 10));
        open(harness.snapshot(1, 1), List.of(), "model.path", less.toString());
        ModelRef configured = ModelRef.configured(options("model.path", less.toString()));
        try (ModelLease lease = ModelRegistry.shared().lease(configured, 0)) {
            lease.await();
        }
        assertScoredBy(b, request("u", 11));
        command(Commands.of(ModelCommandKind.ROLLBACK, "", 0));
        assertScoredBy(less, request("u", 12));
    }

    private static ModelConfig withoutUserFields(ModelConfig of) {
        return new ModelConfig(
                of.name(),
                of.version(),
                of.architecture(),
                of.embeddings(),
                of.behaviorFields(),
                of.adFields(),
                List.of(),
                of.contextFields(),
                of.maxLength(),
                of.hidden(),
                of.attention(),
                of.gate(),
                of.mlp());
    }

    /** It is another try of the same artifact: nobody goes back to the version before. */
    @Test
    void theLiveVersionGoesOnWhileItIsPublishedAgainElsewhere() throws Exception {
        open(null, List.of());
        command(publish("b", b, 0));
        awaitLoaded(b);
        command(Commands.of(ModelCommandKind.PROMOTE, "b", 0));
        assertScoredBy(b, request("u", 10));
        ModelCommand again = publish("b", b, 0);
        again.setUri(directory.resolve("nowhere").toUri().toString());
        command(again);
        assertScoredBy(b, request("u", 11));
    }

    private static void copy(Path from, Path to) throws Exception {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void commandsSurviveARestartAndTheSourceMayRepeatThem() throws Exception {
        open(null, List.of());
        CommandRecord published = record(publish("b", b, 0));
        ModelCommand promote = Commands.of(ModelCommandKind.PROMOTE, "b", 1);
        CommandRecord promoted = record(promote);
        harness.processElement2(new StreamRecord<>(published));
        harness.processElement2(new StreamRecord<>(promoted));
        behavior("u", 1, 10);
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);
        open(snapshot, List.of());
        assertScoredBy(b, request("u", 11), Records.behavior("u", 1, 10));
        harness.processElement2(new StreamRecord<>(published));
        harness.processElement2(new StreamRecord<>(promoted));
        ScoringTask task = request("u", 12);
        assertThat(task.model().revision()).isEqualTo(2);
    }

    @Test
    void aLiveVersionThatIsGoneNamesItsUriWhenTheJobStarts() throws Exception {
        Path other = Records.model(directory, 3); // of which no copy is in this JVM's cache
        ModelCommand publish = publish("b", other, 0);
        publish.setUri(directory.resolve("gone").toUri().toString());
        List<CommandRecord> built =
                List.of(record(publish), record(Commands.of(ModelCommandKind.PROMOTE, "b", 1)));
        assertThatThrownBy(() -> open(null, built))
                .hasMessageContaining("gone")
                .hasMessageContaining("model.missing=wait");
        harness = null;
    }

    /** Savepoints of releases whose operator had one input. */
    @Test
    void restoresTheStateOfAnOperatorWithOneInput() throws Exception {
        OperatorSubtaskState snapshot;
        try (var before =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new InterestOperator(Records.options(a), OutputLimits.DEFAULT),
                        InboundRecord::userId,
                        Types.STRING)) {
            before.setup(ScoringTaskSerializer.TYPE.createSerializer(null));
            before.open();
            before.processElement(
                    Records.inbound(Records.behavior("u", 1, 10)), Records.START + 10);
            snapshot = before.snapshot(1, 1);
        }
        open(snapshot, List.of());
        assertScoredBy(a, request("u", 11), Records.behavior("u", 1, 10));
    }

    /** A version that sees more finds more, if it was known when the behaviors came. */
    @Test
    void asMuchIsKeptAsTheLongestVersionOfThePlanSees() throws Exception {
        Path longer = directory.resolve("longer");
        RandomModels.write(
                longer,
                RandomModels.config(
                        Architecture.DIEN,
                        AttentionType.BILINEAR,
                        GateForm.PAPER,
                        4 * Records.MAX_LENGTH),
                5);
        open(null, List.of());
        command(publish("longer", longer, 0));
        awaitLoaded(longer);
        int behaviors = 3 * Records.MAX_LENGTH;
        Behavior[] all = new Behavior[behaviors];
        for (int n = 0; n < behaviors; n++) {
            all[n] = Records.behavior("u", n, n);
            behavior("u", n, n);
        }
        ScoringTask live = request("u", behaviors);
        assertThat(live.prefix()).isLessThanOrEqualTo(Records.MAX_LENGTH);
        command(Commands.of(ModelCommandKind.PROMOTE, "longer", 0));
        assertScoredBy(longer, request("u", behaviors + 1), all);
        command(Commands.of(ModelCommandKind.ROLLBACK, "", 0));
        ScoringTask again = request("u", behaviors + 2);
        assertThat(again.prefix()).isEqualTo(live.prefix());
        assertThat(again.modelFingerprint()).isEqualTo(live.modelFingerprint());
    }

    /**
     * A little longer is enough for its own rule to let go what the version before would still see:
     * who came while it was live is answered after the rollback as if it had never been.
     */
    @Test
    void aRollbackFindsAllThatAVersionOfACloseLengthWouldHaveSeen() throws Exception {
        Path longer = directory.resolve("longer");
        RandomModels.write(
                longer,
                RandomModels.config(
                        Architecture.DIEN,
                        AttentionType.BILINEAR,
                        GateForm.PAPER,
                        Records.MAX_LENGTH + 1),
                5);
        open(null, List.of());
        command(publish("longer", longer, 0));
        awaitLoaded(longer);
        command(Commands.of(ModelCommandKind.PROMOTE, "longer", 0));
        int most = 3 * Records.MAX_LENGTH;
        for (int n = 0; n < most; n++) {
            for (int user = n + 1; user <= most; user++) { // user k has k behaviors
                behavior("u" + user, n, n);
            }
        }
        assertThat(request("u1", most).modelFingerprint())
                .isEqualTo(ModelReader.read(longer).fingerprint());
        command(Commands.of(ModelCommandKind.ROLLBACK, "", 0));
        HistoryModel histories =
                new Scorer(ModelReader.read(a), KernelsProvider.get()).historyModel();
        for (int user = 1; user <= most; user++) {
            InterestHistory own = histories.newHistory();
            for (int n = 0; n < user; n++) {
                Behavior b = Records.behavior("u" + user, n, n);
                histories.add(
                        own,
                        histories.encode(b.getEventId(), b.getTimestamp(), b.getFields()),
                        histories.newScratch());
            }
            ScoringTask task = request("u" + user, most + 1);
            assertThat(task.modelFingerprint()).isEqualTo(histories.fingerprint());
            assertThat(task.prefix()).as("of %d behaviors", user).isEqualTo(own.size());
            int floats = own.size() * own.hidden();
            assertThat(Arrays.copyOf(task.history().states(), floats))
                    .containsExactly(Arrays.copyOf(own.states(), floats));
        }
    }

    /** By event time the same request has the same version, whenever the command came. */
    @Test
    void byEventTimeTheTimeOfTheRequestDecides() throws Exception {
        ModelCommand publish = publish("b", b, 0);
        ModelCommand promote = Commands.of(ModelCommandKind.PROMOTE, "b", 1);
        promote.setEffectiveAt(Records.START + 100);
        publish.setEffectiveAt(Records.START);
        List<CommandRecord> commands = List.of(record(publish), record(promote));
        open(null, commands, "time.mode", "event-time");
        for (long time : new long[] {150, 50, 99, 100}) {
            harness.processElement1(
                    new StreamRecord<>(
                            Records.inbound(Records.request("u", "r" + time, time, 2)),
                            Records.START + time));
        }
        harness.processWatermark1(new Watermark(Records.START + 200));
        harness.processWatermark2(new Watermark(Long.MAX_VALUE));
        List<ScoringTask> tasks = tasks();
        assertThat(tasks).hasSize(4);
        for (ScoringTask task : tasks) {
            boolean before = task.request().eventTime() < Records.START + 100;
            assertScoredBy(before ? a : b, task);
            assertThat(task.model().revision()).isEqualTo(before ? 1 : 2);
        }
        // late, and of the time before
        harness.processElement1(
                new StreamRecord<>(
                        Records.inbound(Records.request("u", "late", 60, 2)), Records.START + 60));
        assertScoredBy(a, tasks().get(0));
    }

    @Test
    void garbageAndRefusedCommandsChangeNothing() throws Exception {
        open(null, List.of());
        harness.processElement2(new StreamRecord<>(new CommandRecord(offset++, NOW, new byte[7])));
        harness.processElement2(new StreamRecord<>(new CommandRecord(offset++, NOW, null)));
        harness.processElement2(
                new StreamRecord<>(record(Commands.of(ModelCommandKind.ROLLBACK, "", 0))));
        assertScoredBy(a, request("u", 10));
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);
        open(snapshot, List.of());
        assertScoredBy(a, request("u", 11));
    }
}
