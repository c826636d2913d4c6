package io.dienstream.operate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelState;
import io.dienstream.schema.ModelStatus;
import io.dienstream.wire.WireException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The plan beside what tasks told of it: fresh, stale, and not at all. */
class StatusTableTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final int TASKS = 2;

    private final CommandLog commands = new CommandLog();
    private final TaskStates states = new TaskStates(CommandLog.MODEL, null);

    private void told(int task, String version, char digit, ModelState state, long age) {
        told(task, version, digit, state, commands.log.plan().revision(), age);
    }

    private void told(
            int task, String version, char digit, ModelState state, long revision, long age) {
        states.add(
                new ModelStatus(
                        "job",
                        task,
                        TASKS,
                        CommandLog.MODEL,
                        version,
                        CommandLog.sha256(digit),
                        state,
                        state == ModelState.REFUSED ? "no such directory" : "",
                        revision,
                        10L,
                        NOW - age));
    }

    private StatusTable table() {
        return new StatusTable(commands.log.plan(), states, NOW);
    }

    @BeforeEach
    void twoTasksThatAreReadyForACandidate() throws WireException {
        commands.publish("b", 'b', "s3://models/b", "ann", NOW);
        for (int task = 0; task < TASKS; task++) {
            told(task, "configured", 'a', ModelState.SERVING, 3_000);
            told(task, "b", 'b', ModelState.READY, 12_000);
        }
    }

    @Test
    void whoHasToldOfTheNewestPlanIsNotBehind() {
        assertThat(table().isBehind()).isFalse();
        assertThat(table().text().lines())
                .containsExactly(
                        "revision 1, 2 tasks",
                        "version              role          users     requests  fingerprint       tasks",
                        "configured           live        100.00%           20  aaaaaaaaaaaaaaaa  2 SERVING",
                        "b                    candidate     0.00%           20  bbbbbbbbbbbbbbbb  2 READY",
                        "all tasks know revision 1; the task that is silent for longest told"
                                + " something 3 s ago");
    }

    /** Every state is as it should be, of a plan that is not the newest any more. */
    @Test
    void whoIsReadyByAnOlderPlanIsBehind() throws WireException {
        commands.ramp("b", 5, "ann", NOW);
        assertThat(table().isBehind()).isTrue();
        assertThat(table().text())
                .contains(
                        "BEHIND: 0 of 2 tasks know revision 2, the oldest that is known is 1",
                        "2 READY");
        told(0, "configured", 'a', ModelState.SERVING, 100);
        told(0, "b", 'b', ModelState.SERVING, 100);
        assertThat(table().isBehind()).as("one of two").isTrue();
        assertThat(table().text())
                .contains("BEHIND: 1 of 2 tasks know revision 2, the oldest that is known is 1");
        told(1, "configured", 'a', ModelState.SERVING, 100);
        assertThat(table().isBehind()).as("not of each version yet").isTrue();
        told(1, "b", 'b', ModelState.SERVING, 100);
        assertThat(table().isBehind()).isFalse();
    }

    @Test
    void whoCannotAnswerIsBehindThoughItKnowsThePlan() {
        told(1, "b", 'b', ModelState.REFUSED, 0);
        assertThat(table().isBehind()).isTrue();
        assertThat(table().text())
                .contains("1 READY, 1 REFUSED", "REFUSED b, task 1: no such directory");
        assertThat(table().json().at("/versions/1/refused").asText())
                .isEqualTo("no such directory");
    }

    @Test
    void aNewerPlanThanTheOneThatWasReadIsNoReasonToWait() {
        told(0, "configured", 'a', ModelState.SERVING, 2, 0);
        assertThat(table().isBehind()).isFalse();
    }

    @Test
    void howLongATaskIsSilentIsToldInWordsAndMs() {
        assertThat(at(NOW + 119_000 - 3_000)).contains("119 s ago");
        assertThat(at(NOW + 125_000)).contains("2 min ago");
        assertThat(at(NOW + 3L * 3_600_000)).contains("3 h ago");
        assertThat(at(NOW + 72L * 3_600_000)).contains("3 days ago");
        assertThat(at(NOW - 60_000)).as("another clock").contains("0 s ago");
        assertThat(table().json().get("longest_silence_ms").asLong()).isEqualTo(3_000);
    }

    private String at(long now) {
        return new StatusTable(commands.log.plan(), states, now).text();
    }

    /** What was told of the version of that name before is not told of this one. */
    @Test
    void aNameThatComesAgainBeginsAnew() throws WireException {
        told(1, "b", 'b', ModelState.REFUSED, 0);
        commands.send(ModelCommandKind.RETIRE, "b", "ann", "", NOW);
        commands.publish("b", 'c', "s3://models/c", "ann", NOW);
        assertThat(table().isBehind()).isTrue();
        assertThat(table().text()).doesNotContain("REFUSED").contains("cccccccccccccccc");
        assertThat(table().json().at("/versions/1/tasks")).isEmpty();
    }

    /** model.path may be another thing on another machine, and no plan would know. */
    @Test
    void differentArtifactsUnderOneNameAreTold() {
        told(1, "configured", 'e', ModelState.SERVING, 0);
        assertThat(table().text())
                .contains("different", "DIFFERENT artifacts of configured are loaded");
        assertThat(table().json().at("/versions/0/fingerprints"))
                .hasToString("[\"aaaaaaaaaaaaaaaa\",\"eeeeeeeeeeeeeeee\"]");
    }

    @Test
    void aForcedPromotionAsksToBeConfirmed() throws WireException {
        ModelCommand promote = commands.command(ModelCommandKind.PROMOTE, "b", "ann", "");
        promote.setForced(true);
        assertThat(commands.take(promote, NOW).refusal()).isNull();
        assertThat(table().text()).contains("b was promoted by force", "model promote b");
        assertThat(table().json().get("forced").asBoolean()).isTrue();
        commands.send(ModelCommandKind.PROMOTE, "b", "ann", "", NOW);
        assertThat(table().text()).doesNotContain("by force");
    }

    @Test
    void whereNobodyToldAnythingThatIsSaid() {
        StatusTable nothing =
                new StatusTable(commands.log.plan(), new TaskStates(CommandLog.MODEL, null), NOW);
        assertThat(nothing.text()).contains("0 tasks", "no task has told anything");
        assertThat(nothing.isBehind()).isFalse();
    }

    @Test
    void forScriptsItIsJson() throws WireException {
        commands.ramp("b", 5, "ann", NOW);
        told(0, "configured", 'a', ModelState.SERVING, 100);
        assertThat(table().json())
                .hasToString(
                        ("{'revision':2,'paused':false,'forced':false,'tasks':2,'behind':true,"
                                        + "'oldest_revision':1,'longest_silence_ms':3000,"
                                        + "'versions':[{'version':'configured','role':'live',"
                                        + "'uri':'','sha256':'','fingerprints':["
                                        + "'aaaaaaaaaaaaaaaa'],'percent':95.0,'requests':20,"
                                        + "'tasks':{'SERVING':2}},{'version':'b',"
                                        + "'role':'candidate','uri':'s3://models/b','sha256':"
                                        + "'%s','fingerprints':['bbbbbbbbbbbbbbbb'],"
                                        + "'percent':5.0,'requests':20,'tasks':{'READY':2}}]}")
                                .formatted(CommandLog.sha256('b'))
                                .replace('\'', '"'));
    }
}
