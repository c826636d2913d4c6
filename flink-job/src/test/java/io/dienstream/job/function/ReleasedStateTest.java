package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.job.Records;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.rollout.NewestCommands;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.ModelCommandKind;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Keyed state as released jobs have left it, in each layout that there ever was: committed
 * snapshots of the operator, history and held records. CONTRIBUTING.md tells how to add one.
 */
class ReleasedStateTest {
    private static final long MODEL_SEED = 1;
    private static final int TODAYS_BEHAVIORS = 11;

    /** Of a user whose event ids are no numbers. */
    private static final int CLICKS = 5;

    private static final long ERASED_THROUGH = 50;
    private static final List<String> USERS = List.of("clicks", "erased", "nobody", "u");

    /** Time that had passed, in ms after the start of records. */
    private static final long PASSED = 10L * (TODAYS_BEHAVIORS - 1) - 1;

    private static final String[] TODAYS_OPTIONS = {
        "time.mode", "event-time", "time.allowed-lateness", "1s", "state.ttl", "10s"
    };

    @TempDir private Path directory;

    /**
     * The snapshot of a user with a held request and behavior. So many behaviors with the held one
     * that the history, from layout 3 on, is kept in two parts.
     */
    @ParameterizedTest
    @CsvSource({
        "1, 12",
        "2, 12",
        "3, " + TODAYS_BEHAVIORS,
        "4, " + TODAYS_BEHAVIORS,
        "5, " + TODAYS_BEHAVIORS
    })
    void restores(int layout, int behaviors) throws Exception {
        Path model = Records.model(directory, MODEL_SEED);
        HistoryModel historyModel =
                new Scorer(ModelReader.read(model), new ScalarKernels()).historyModel();
        InterestHistory expected = historyModel.newHistory();
        for (int n = 0; n < behaviors; n++) {
            Behavior b = Records.behavior("u", n, 10L * n);
            historyModel.add(
                    expected,
                    historyModel.encode(b.getEventId(), b.getTimestamp(), b.getFields()),
                    historyModel.newScratch());
        }
        try (InterestHarness h =
                new InterestHarness(
                        model,
                        OperatorSnapshotUtil.readStateHandle(file(layout)),
                        "time.mode",
                        "event-time")) {
            h.watermark(1000);
            List<ScoringTask> tasks = h.tasks();
            assertThat(tasks).hasSize(1);
            InterestHistory history = tasks.get(0).history();
            assertThat(history.size()).isEqualTo(expected.size());
            assertThat(history.floorTimestamp()).isEqualTo(expected.floorTimestamp());
            for (int t = 0; t < history.size(); t++) {
                assertThat(history.eventKey(t)).isEqualTo(expected.eventKey(t));
                assertThat(history.values(t)).isEqualTo(expected.values(t));
            }
            int floats = history.size() * history.hidden();
            assertThat(Arrays.copyOf(history.states(), floats))
                    .containsExactly(
                            Arrays.copyOf(expected.states(), floats), Offset.offset(1e-5f));
            assertThat(h.deadLetters()).isEmpty();
        }
    }

    /** A job that takes commands from now on answers as the one without them does. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void withCommandsTheAnswersAreTheSame(int layout) throws Exception {
        Path model = Records.model(directory, MODEL_SEED);
        List<ScoringTask> expected;
        try (InterestHarness h = restored(layout, TODAYS_OPTIONS)) {
            for (String user : USERS) {
                h.request(user, "r-" + user, 500);
            }
            h.watermark(1000);
            expected = h.tasks();
        }
        assertThat(expected).hasSize(1 + USERS.size());
        try (RolloutHarness h =
                new RolloutHarness(
                        model,
                        directory.resolve("cache"),
                        OperatorSnapshotUtil.readStateHandle(file(layout)),
                        NewestCommands.NONE,
                        TODAYS_OPTIONS)) {
            for (String user : USERS) {
                h.request(user, "r-" + user, 500);
            }
            h.watermark(1000);
            assertSame(byRequest(h.tasks()), byRequest(expected));
        }
    }

    /**
     * The states of a released layout are computed anew from its raw values for another version.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void aVersionThatIsPromotedFindsWhatWasStored(int layout) throws Exception {
        Path model = Records.model(directory, MODEL_SEED);
        Path next = Records.model(directory, MODEL_SEED + 1);
        var commands = new RolloutHarness.Log();
        commands.publish(200, "next", next, 0);
        commands.add(400, ModelCommandKind.PROMOTE, "next");
        List<ScoringTask> before;
        ScoringTask task;
        try (RolloutHarness h =
                new RolloutHarness(
                        model,
                        directory.resolve("cache"),
                        OperatorSnapshotUtil.readStateHandle(file(layout)),
                        () -> commands.records,
                        TODAYS_OPTIONS)) {
            h.request("u", "before", 300);
            h.watermark(350);
            before = h.tasks();
            h.request("u", "r", 500);
            h.watermark(1000);
            task = h.tasks().get(0);
        }
        HistoryModel histories =
                new Scorer(ModelReader.read(next), KernelsProvider.get()).historyModel();
        assertThat(task.modelFingerprint()).isEqualTo(histories.fingerprint());
        InterestHistory stored = before.get(before.size() - 1).history();
        InterestHistory expected = histories.rebuild(stored, histories.newScratch());
        assertThat(task.prefix()).isPositive().isEqualTo(expected.size());
        assertThat(states(task.history(), task.prefix()))
                .containsExactly(states(expected, task.prefix()));
    }

    private static List<ScoringTask> byRequest(List<ScoringTask> tasks) {
        return tasks.stream()
                .sorted(Comparator.comparing(t -> t.request().adRequest().getRequestId()))
                .toList();
    }

    private static void assertSame(List<ScoringTask> tasks, List<ScoringTask> expected) {
        assertThat(tasks).hasSameSizeAs(expected);
        for (int n = 0; n < tasks.size(); n++) {
            ScoringTask task = tasks.get(n);
            ScoringTask same = expected.get(n);
            String id = same.request().adRequest().getRequestId();
            assertThat(task.request().adRequest().getRequestId()).isEqualTo(id);
            assertThat(task.modelFingerprint()).as(id).isEqualTo(same.modelFingerprint());
            assertThat(task.prefix()).as(id).isEqualTo(same.prefix());
            for (int t = 0; t < task.prefix(); t++) {
                assertThat(task.history().timestamp(t))
                        .as(id)
                        .isEqualTo(same.history().timestamp(t));
            }
            assertThat(states(task.history(), task.prefix()))
                    .as(id)
                    .containsExactly(states(same.history(), same.prefix()));
        }
    }

    private static float[] states(InterestHistory history, int behaviors) {
        return Arrays.copyOf(history.states(), behaviors * history.hidden());
    }

    /** From layout 4 on; the newest behaviors of the user are apart from the older ones. */
    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void knowsTheEventsAgainThatWereStored(int layout) throws Exception {
        try (InterestHarness h = restored(layout, TODAYS_OPTIONS)) {
            for (int n = 0; n < CLICKS; n++) {
                // a repetition may say another time
                click(h, n, PASSED + 1 + n);
            }
            click(h, CLICKS, PASSED + 1);
            h.request("clicks", "r", 1000);
            h.watermark(1000);
            assertThat(h.deadLetters()).isEmpty();
            InterestHistory history = historyOf("clicks", h.tasks());
            assertThat(history.size()).isEqualTo(CLICKS + 1);
            assertThat(history.timestamp(CLICKS)).isEqualTo(Records.START + PASSED + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void whatWasErasedStaysAwayAndWhatWasLateStaysLate(int layout) throws Exception {
        try (InterestHarness h = restored(layout, TODAYS_OPTIONS)) {
            h.behavior("erased", 1, PASSED);
            assertThat(h.deadLetters()).extracting(DeadLetter::getReason).containsExactly("late");
        }
        String[] longer = TODAYS_OPTIONS.clone();
        longer[3] = "2s";
        try (InterestHarness h = restored(layout, longer)) {
            h.behavior("erased", 1, ERASED_THROUGH);
            h.behavior("erased", 2, ERASED_THROUGH + 1);
            h.request("erased", "r", 1000);
            h.watermark(1000);
            assertThat(h.deadLetters()).as("the lateness is longer by a second").isEmpty();
            InterestHistory history = historyOf("erased", h.tasks());
            assertThat(history.size()).isEqualTo(1);
            assertThat(history.timestamp(0)).isEqualTo(Records.START + ERASED_THROUGH + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void usersExpireWhenTheyWouldHave(int layout) throws Exception {
        try (InterestHarness h = restored(layout, TODAYS_OPTIONS)) {
            h.watermark(9_000);
            assertThat(h.harness.numKeyedStateEntries()).isPositive();
            h.watermark(11_000);
            assertThat(h.harness.numKeyedStateEntries()).isZero();
            assertThat(h.harness.numEventTimeTimers()).isZero();
        }
    }

    private InterestHarness restored(int layout, String... options) throws Exception {
        Path model = Records.model(Files.createTempDirectory(directory, "of"), MODEL_SEED);
        return new InterestHarness(
                model, OperatorSnapshotUtil.readStateHandle(file(layout)), options);
    }

    private static InterestHistory historyOf(String user, List<ScoringTask> tasks) {
        return tasks.stream()
                .filter(task -> task.request().userId().equals(user))
                .findFirst()
                .orElseThrow()
                .history();
    }

    private static void click(InterestHarness h, int event, long time) throws Exception {
        Behavior b = Records.behavior("clicks", event, time);
        b.setEventId("click-" + event);
        h.harness.processElement(Records.inbound(b), Records.START + time);
    }

    private static String file(int layout) throws URISyntaxException {
        URL url = ReleasedStateTest.class.getResource("/state/layout-" + layout + ".snapshot");
        assertThat(url).as("committed snapshot of layout " + layout).isNotNull();
        return Path.of(url.toURI()).toString();
    }

    /**
     * Writes today's snapshot to the file that is the argument: the user of {@link #restores} with
     * a behavior and a request that are held, one whose event ids are no numbers, one that was
     * erased.
     */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("released-state");
        Path model = Records.model(directory, MODEL_SEED);
        try (InterestHarness h = new InterestHarness(model, null, TODAYS_OPTIONS)) {
            int last = TODAYS_BEHAVIORS - 1;
            for (int n = 0; n < last; n++) {
                h.behavior("u", n, 10L * n);
            }
            for (int n = 0; n < CLICKS; n++) {
                click(h, n, 10L * n);
            }
            h.behavior("erased", 0, ERASED_THROUGH - 1);
            h.erase("erased", ERASED_THROUGH);
            h.watermark(PASSED);
            h.behavior("u", last, 10L * last);
            h.request("u", "held", 10L * last);
            OperatorSnapshotUtil.writeStateHandle(h.harness.snapshot(1, 1), args[0]);
        }
    }
}
