package io.dienstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.chaos.Versions.Finding;
import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.sandbox.DemoModel;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelStage;
import io.dienstream.wire.WireEncoder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plan 1 gives everybody to candidate "one" from 100 ms on, plan 2 has it live from 200 ms on, plan
 * 3 goes back from 300 ms on.
 */
class VersionsTest {
    @TempDir private Path directory;

    private final RolloutLog log = new RolloutLog("default");
    private final Rollbacks rollbacks = new Rollbacks();
    private final Disturbances outages = new Disturbances();
    private OfflineScorer configured;
    private OfflineScorer one;
    private OfflineScorer other;
    private long commands;

    @BeforeEach
    void commands() throws Exception {
        configured = offline(DemoModel.extract());
        one = offline(DemoModel.scaled(1, directory.resolve("one")));
        other = offline(DemoModel.scaled(2, directory.resolve("other")));
        command(ModelCommandKind.PUBLISH, "one", 100);
        command(ModelCommandKind.PROMOTE, "one", 200);
        command(ModelCommandKind.ROLLBACK, "", 300);
        assertThat(log.plan().revision()).isEqualTo(3);
    }

    private static OfflineScorer offline(Path model) throws Exception {
        return new OfflineScorer(new Scorer(ModelReader.read(model), KernelsProvider.get()));
    }

    private void command(ModelCommandKind kind, String version, long at) {
        command(kind, version, at, null);
    }

    private void command(ModelCommandKind kind, String version, long at, Long effectiveAt) {
        var command =
                new ModelCommand(
                        "c" + commands,
                        "default",
                        kind,
                        version,
                        version.isEmpty() ? "" : "file:///one",
                        version.isEmpty() ? "" : one.scorer().model().checksum(),
                        ModelStage.CANDIDATE,
                        kind == ModelCommandKind.PUBLISH ? 100.0 : 0.0,
                        null,
                        commands,
                        effectiveAt,
                        "test",
                        "",
                        false);
        log.acceptAll(
                List.of(
                        new CommandRecord(
                                commands++,
                                at,
                                new WireEncoder<>(ModelCommand.class).encode(command))));
    }

    private Versions versions(boolean eventTime) {
        return new Versions(configured, List.of(one, other), log, eventTime, rollbacks, outages);
    }

    private static Outputs.Copy copy(OfflineScorer by, boolean candidate, long plan, long at) {
        String fingerprint = ModelStamp.hex(by.scorer().model().fingerprint());
        return new Outputs.Copy(
                at, new float[] {0}, 0, null, false, false, fingerprint, candidate, plan);
    }

    private static AdRequest request(long time) {
        return new AdRequest("r", "u", time, Map.of(), Map.of(), List.of());
    }

    private Finding byEventTime(long time, Outputs.Copy copy) {
        return versions(true).judge(request(time), copy).finding();
    }

    private Finding byTheClock(Outputs.Copy copy) {
        return versions(false).judge(request(0), copy).finding();
    }

    @Test
    void whatThePlanSaysIsRight() {
        assertThat(byEventTime(50, copy(configured, false, 0, 2_000))).isEqualTo(Finding.PLANNED);
        assertThat(byEventTime(150, copy(one, true, 1, 2_000))).isEqualTo(Finding.PLANNED);
        assertThat(byEventTime(250, copy(one, false, 2, 2_000))).isEqualTo(Finding.PLANNED);
        assertThat(byEventTime(350, copy(configured, false, 3, 2_000))).isEqualTo(Finding.PLANNED);
    }

    @Test
    void anotherVersionThanThePlansIsWrong() {
        assertThat(byEventTime(150, copy(other, true, 1, 2_000))).isEqualTo(Finding.WRONG);
        assertThat(byEventTime(250, copy(other, false, 2, 2_000))).isEqualTo(Finding.WRONG);
        assertThat(byTheClock(copy(other, false, 2, 2_000))).isEqualTo(Finding.WRONG);
        assertThat(byEventTime(250, copy(one, true, 2, 2_000)))
                .as("it is live and nobody's candidate")
                .isEqualTo(Finding.WRONG);
    }

    @Test
    void onlyByTheClockAnEarlierLiveVersionStandsIn() {
        Outputs.Copy notReady = copy(configured, false, 1, 150);
        assertThat(byTheClock(notReady)).isEqualTo(Finding.STANDS_IN);
        assertThat(byEventTime(150, notReady)).isEqualTo(Finding.WRONG);
        assertThat(byTheClock(copy(one, false, 1, 150)))
                .as("not live before plan 2")
                .isEqualTo(Finding.WRONG);
    }

    @Test
    void aPlanThatHasNotBegunOrIsNoneIsWrong() {
        assertThat(byEventTime(150, copy(one, false, 2, 2_000))).isEqualTo(Finding.WRONG);
        assertThat(byTheClock(copy(one, false, 2, 199))).isEqualTo(Finding.WRONG);
        assertThat(byTheClock(copy(one, false, 4, 2_000))).isEqualTo(Finding.WRONG);
    }

    /** A request of 250 is plan 2's, whose command was written at 200. */
    @Test
    void byEventTimeAnOlderPlanIsWrongOnceTheNewerOneMustBeKnown() {
        long known = 200 + Versions.READ_MS;
        assertThat(byEventTime(250, copy(one, true, 1, known - 1))).isEqualTo(Finding.PLANNED);
        assertThat(byEventTime(250, copy(one, true, 1, known))).isEqualTo(Finding.WRONG);
        assertThat(byEventTime(199, copy(one, true, 1, known)))
                .as("of the time before")
                .isEqualTo(Finding.PLANNED);
        assertThat(byTheClock(copy(one, true, 1, known))).isEqualTo(Finding.PLANNED);
        assertThat(versions(true).judge(request(350), copy(one, true, 1, 9_000)).reason())
                .isEqualTo("is by plan 1, and plan 3 had begun by the time of its request");
    }

    /** A job that is down reads nothing, and what it has read once it reads again. */
    @Test
    void anOlderPlanIsExcusedUntilTheNewerOneCouldBeRead() {
        outages.add(1_000, 5_000);
        outages.add(6_000, 7_000);
        long known = 7_000 + Versions.READ_MS;
        assertThat(byEventTime(250, copy(one, true, 1, known - 1))).isEqualTo(Finding.PLANNED);
        assertThat(byEventTime(250, copy(one, true, 1, known))).isEqualTo(Finding.WRONG);
        outages.add(known + 1, known + 100);
        assertThat(byEventTime(250, copy(one, true, 1, known + 50))).isEqualTo(Finding.WRONG);
    }

    /** Plan 4 is of 400 and begins at 9,000, with everything that comes after it. */
    @Test
    void aPlanThatBeginsLaterMakesNoAnswerOfBeforeWrong() {
        command(ModelCommandKind.PUBLISH, "again", 400, 9_000L);
        command(ModelCommandKind.PROMOTE, "again", 410);
        assertThat(byEventTime(8_999, copy(configured, false, 3, 9_500)))
                .isEqualTo(Finding.PLANNED);
        assertThat(byEventTime(9_000, copy(configured, false, 3, 9_500))).isEqualTo(Finding.WRONG);
        assertThat(byEventTime(9_000, copy(one, true, 4, 9_500)))
                .as("plan 5 begins with it")
                .isEqualTo(Finding.WRONG);
        assertThat(byEventTime(9_000, copy(one, false, 5, 9_500))).isEqualTo(Finding.PLANNED);
    }

    @Test
    void plansGoBackOnlyWhereTheJobDid() {
        Versions versions = versions(false);
        assertThat(versions.wentBack("u", copy(configured, false, 3, 310))).isNull();
        assertThat(versions.wentBack("v", copy(one, false, 2, 320))).isNull();
        assertThat(versions.wentBack("u", copy(one, false, 2, 330))).contains("plan 2", "plan 3");
        rollbacks.add(305, 330);
        versions = versions(false);
        assertThat(versions.wentBack("u", copy(configured, false, 3, 310))).isNull();
        assertThat(versions.wentBack("u", copy(one, false, 2, 340))).isNull();
    }

    @Test
    void aHistoryIsSeenWithTheStatesOfTheVersionThatAnswers() {
        List<Behavior> behaviors =
                List.of(
                        new Behavior("1", "u", 10L, Map.of("item", "i1", "category", "c1")),
                        new Behavior("2", "u", 20L, Map.of("item", "i2", "category", "c1")));
        InterestHistory history = configured.history(behaviors, 100);
        InterestHistory expected = one.history(behaviors, 100);
        assertThat(expected.states()).isNotEqualTo(history.states());
        InterestHistory seen = versions(true).asSeenBy(copy(one, false, 2, 250), history);
        assertThat(seen.states()).startsWith(firstState(expected));
        assertThat(versions(true).asKept(history)).as("the other was never live").hasSize(2);
    }

    private static float[] firstState(InterestHistory history) {
        return Arrays.copyOf(history.states(), history.hidden());
    }
}
