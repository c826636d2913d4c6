package io.dienstream.job.rollout;

import static io.dienstream.job.rollout.Commands.publish;
import static io.dienstream.job.rollout.Commands.ramp;
import static io.dienstream.schema.ModelCommandKind.PAUSE;
import static io.dienstream.schema.ModelCommandKind.PROMOTE;
import static io.dienstream.schema.ModelCommandKind.PUBLISH;
import static io.dienstream.schema.ModelCommandKind.RESUME;
import static io.dienstream.schema.ModelCommandKind.RETIRE;
import static io.dienstream.schema.ModelCommandKind.ROLLBACK;
import static io.dienstream.schema.ModelCommandKind.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.rollout.Refusal.Code;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelStage;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RolloutPlanTest {
    private static final int USERS = 100_000;

    private RolloutPlan plan = RolloutPlan.INITIAL;

    private void accept(ModelCommand command) {
        PlanChange change = PlanChange.apply(plan, command);
        assertThat(change.refusal()).as(command.toString()).isNull();
        assertThat(change.plan().revision()).isEqualTo(plan.revision() + 1);
        plan = change.plan();
    }

    private void refuse(Code code, ModelCommand command) {
        PlanChange change = PlanChange.apply(plan, command);
        assertThat(change.refusal()).as(command.toString()).isNotNull();
        assertThat(change.refusal().code()).as(change.refusal().message()).isEqualTo(code);
        assertThat(change.plan()).isSameAs(plan);
    }

    private long now() {
        return plan.revision();
    }

    private static String user(int n) {
        return "user-" + n;
    }

    private String answering(int user) {
        Candidate candidate = plan.candidateOf(user(user));
        return (candidate == null ? plan.live() : candidate.version()).name();
    }

    private long users(String version) {
        return IntStream.range(0, USERS).filter(u -> answering(u).equals(version)).count();
    }

    private void assertShare(String version, double share) {
        double sigma = Math.sqrt(USERS * share * (1 - share));
        assertThat((double) users(version))
                .isBetween(USERS * share - 3 * sigma, USERS * share + 3 * sigma);
    }

    @Test
    void withoutCommandsTheConfiguredModelAnswersEverybody() {
        assertThat(plan.live()).isEqualTo(PlannedVersion.CONFIGURED);
        assertThat(users("configured")).isEqualTo(USERS);
        assertThat(plan.loaded()).containsExactly(PlannedVersion.CONFIGURED);
    }

    /** Scenario 8: users only move from live to candidate, and shares are what was asked for. */
    @Test
    void aRampOnlyAddsUsers() {
        accept(publish("b", 5, now()));
        for (double percent : new double[] {5, 20, 50, 100}) {
            boolean[] before = new boolean[USERS];
            for (int u = 0; u < USERS; u++) {
                before[u] = answering(u).equals("b");
            }
            accept(ramp("b", percent, now()));
            assertShare("b", percent / 100);
            for (int u = 0; u < USERS; u++) {
                assertThat(!before[u] || answering(u).equals("b")).isTrue();
            }
        }
    }

    @Test
    void twoCandidatesNeverTakeUsersFromEachOther() {
        accept(publish("b", 30, now()));
        accept(publish("c", 30, now()));
        String[] before =
                IntStream.range(0, USERS).mapToObj(this::answering).toArray(String[]::new);
        accept(ramp("c", 70, now()));
        assertShare("b", 0.3);
        assertShare("c", 0.7);
        for (int u = 0; u < USERS; u++) {
            assertThat(before[u]).isIn("configured", answering(u));
        }
        refuse(Code.OVER_100_PERCENT, ramp("b", 30.01, now()));
        refuse(Code.TOO_MANY_VERSIONS, publish("d", 0, now()));
    }

    /** Otherwise it would always be the same users who try things. */
    @Test
    void aNextFirstCandidateDrawsOtherUsers() {
        accept(publish("b", 50, now()));
        boolean[] first = new boolean[USERS];
        for (int u = 0; u < USERS; u++) {
            first[u] = answering(u).equals("b");
        }
        accept(Commands.of(RETIRE, "b", now()));
        accept(publish("c", 50, now()));
        long both =
                IntStream.range(0, USERS).filter(u -> first[u] && answering(u).equals("c")).count();
        assertThat((double) both).isBetween(USERS * 0.24, USERS * 0.26);
    }

    /** Scenario 5: what is left after a candidate's rollback goes to the live version. */
    @Test
    void aRollbackNeverGoesToACandidate() {
        accept(publish("b", 50, now()));
        accept(Commands.of(ROLLBACK, "", now()));
        accept(publish("c", 20, now()));
        assertShare("c", 0.2);
        assertThat(users("b")).isZero();
        assertThat(users("configured") + users("c")).isEqualTo(USERS);
        accept(Commands.of(ROLLBACK, "c", now()));
        assertThat(users("configured")).isEqualTo(USERS);
    }

    @Test
    void aRollbackGoesToWhatWasLiveAndASecondOneNowhere() {
        accept(publish("b", 0, now()));
        accept(Commands.of(PROMOTE, "b", now()));
        assertThat(users("b")).isEqualTo(USERS);
        accept(publish("c", 50, now()));
        accept(Commands.of(ROLLBACK, "", now()));
        assertThat(users("configured")).as("candidates go as well").isEqualTo(USERS);
        refuse(Code.NOTHING_TO_ROLL_BACK_TO, Commands.of(ROLLBACK, "", now()));
        refuse(Code.NOTHING_TO_ROLL_BACK_TO, Commands.of(ROLLBACK, "configured", now()));
    }

    private ModelCommand force(String version) {
        ModelCommand promote = Commands.of(PROMOTE, version, now());
        promote.setForced(true);
        return promote;
    }

    /** Nobody has seen it answer, so nobody goes back to it. */
    @Test
    void whatWasForcedIsNoPreviousGood() {
        accept(publish("a", 0, now()));
        accept(Commands.of(PROMOTE, "a", now()));
        accept(Commands.of(RETIRE, "configured", now()));
        accept(publish("b", 0, now()));
        accept(force("b"));
        assertThat(plan.previousGood().name()).isEqualTo("a");
        accept(publish("c", 0, now()));
        accept(Commands.of(PROMOTE, "c", now()));
        assertThat(plan.previousGood().name()).as("not b").isEqualTo("a");
        assertThat(plan.version("b")).isNull();
        accept(Commands.of(ROLLBACK, "", now()));
        assertThat(users("a")).isEqualTo(USERS);
        assertThat(plan.forced()).isFalse();
    }

    @Test
    void aPromotionWithoutForceConfirmsOneWithIt() {
        accept(publish("b", 0, now()));
        accept(force("b"));
        refuse(Code.ALREADY_LIVE, force("b"));
        accept(Commands.of(PROMOTE, "b", now()));
        assertThat(plan.live().name()).isEqualTo("b");
        assertThat(plan.previousGood()).isEqualTo(PlannedVersion.CONFIGURED);
        refuse(Code.ALREADY_LIVE, Commands.of(PROMOTE, "b", now()));
        accept(publish("c", 0, now()));
        accept(Commands.of(PROMOTE, "c", now()));
        assertThat(plan.previousGood().name()).isEqualTo("b");
    }

    /** Other commands neither confirm it nor make it less. */
    @Test
    void whatWasForcedStaysSoThroughOtherCommands() {
        accept(publish("b", 0, now()));
        accept(force("b"));
        accept(publish("b", 0, now()));
        accept(Commands.of(PAUSE, "", now()));
        accept(Commands.of(RESUME, "", now()));
        accept(publish("c", 10, now()));
        accept(ramp("c", 20, now()));
        accept(Commands.of(ROLLBACK, "c", now()));
        assertThat(plan.forced()).isTrue();
        accept(Commands.of(RETIRE, "configured", now()));
        accept(publish("d", 0, now()));
        accept(Commands.of(PROMOTE, "d", now()));
        assertThat(plan.previousGood()).as("there is no good one").isNull();
        refuse(Code.NOTHING_TO_ROLL_BACK_TO, Commands.of(ROLLBACK, "", now()));
    }

    @Test
    void aNamedCandidateGoesAloneThoughThereIsAPreviousVersion() {
        accept(publish("b", 0, now()));
        accept(Commands.of(PROMOTE, "b", now()));
        accept(publish("c", 50, now()));
        accept(Commands.of(ROLLBACK, "c", now()));
        assertThat(users("b")).isEqualTo(USERS);
        assertThat(plan.previousGood()).isEqualTo(PlannedVersion.CONFIGURED);
    }

    @Test
    void aPauseGivesEverybodyToLiveAndAResumeTheSameUsersBack() {
        accept(publish("b", 30, now()));
        String[] before =
                IntStream.range(0, USERS).mapToObj(this::answering).toArray(String[]::new);
        accept(Commands.of(PAUSE, "", now()));
        assertThat(users("b")).isZero();
        refuse(Code.PAUSED, ramp("b", 50, now()));
        refuse(Code.PAUSED, Commands.of(PROMOTE, "b", now()));
        refuse(Code.PAUSED, publish("c", 1, now()));
        refuse(Code.PAUSED, Commands.of(PAUSE, "", now()));
        accept(Commands.of(RESUME, "", now()));
        assertThat(IntStream.range(0, USERS).mapToObj(this::answering)).containsExactly(before);
        refuse(Code.NOT_PAUSED, Commands.of(RESUME, "", now()));
    }

    @Test
    void aShadowAnswersNobodyAndBecomesACandidateByARamp() {
        ModelCommand shadow = publish("s", 0, now());
        shadow.setStage(ModelStage.SHADOW);
        accept(shadow);
        assertThat(plan.loaded()).containsExactly(PlannedVersion.CONFIGURED);
        refuse(Code.NOT_A_CANDIDATE, Commands.of(PROMOTE, "s", now()));
        accept(ramp("s", 10, now()));
        assertThat(plan.shadows()).isEmpty();
        assertShare("s", 0.1);
        accept(Commands.of(PROMOTE, "s", now()));
        assertThat(plan.live().name()).isEqualTo("s");
    }

    /** Of an artifact that was not whole at first. */
    @Test
    void theSameArtifactPublishedAgainIsAnotherTry() {
        accept(publish("b", 20, now()));
        PlannedVersion first = plan.candidate("b").version();
        accept(publish("b", 0, now()));
        assertThat(plan.candidate("b").version()).isNotEqualTo(first);
        assertThat(plan.candidate("b").buckets()).isEqualTo(2000);
        refuse(Code.VERSION_EXISTS, publish("b", "f".repeat(64), 0, now()));
    }

    @Test
    void refusesWhatMakesNoSense() {
        refuse(Code.UNKNOWN_KIND, Commands.of(UNKNOWN, "b", now()));
        refuse(Code.STALE_REVISION, publish("b", 0, 7));
        refuse(Code.UNKNOWN_VERSION, ramp("b", 5, now()));
        refuse(Code.UNKNOWN_VERSION, Commands.of(PROMOTE, "b", now()));
        refuse(Code.UNKNOWN_VERSION, Commands.of(RETIRE, "b", now()));
        refuse(Code.UNKNOWN_VERSION, Commands.of(ROLLBACK, "b", now()));
        refuse(Code.STILL_LIVE, Commands.of(RETIRE, "configured", now()));
        refuse(Code.ALREADY_LIVE, ramp("configured", 5, now()));
        refuse(Code.ALREADY_LIVE, Commands.of(PROMOTE, "configured", now()));
        refuse(Code.NOTHING_TO_ROLL_BACK_TO, Commands.of(ROLLBACK, "", now()));
        refuse(Code.INVALID_FIELD, Commands.of(PUBLISH, "b", now()));
        refuse(Code.VERSION_EXISTS, publish("configured", 0, now()));
        for (double percent : new double[] {-1, 100.01, Double.NaN, Double.POSITIVE_INFINITY}) {
            refuse(Code.INVALID_FIELD, publish("b", percent, now()));
        }
        invalid(c -> c.setUri(" "));
        invalid(c -> c.setVersion(""));
        invalid(c -> c.setVersion("v".repeat(2000)));
        invalid(c -> c.setSha256("ABC"));
        accept(publish("b", 0, now()));
        accept(Commands.of(PROMOTE, "b", now()));
        refuse(Code.NOT_A_CANDIDATE, ramp("configured", 5, now()));
        refuse(Code.NOT_A_CANDIDATE, Commands.of(PROMOTE, "configured", now()));
    }

    private void invalid(Consumer<ModelCommand> mistake) {
        ModelCommand command = publish("b", 5, now());
        mistake.accept(command);
        refuse(Code.INVALID_FIELD, command);
    }

    @Test
    void whatIsRetiredMakesRoom() {
        accept(publish("b", 10, now()));
        accept(Commands.of(PROMOTE, "b", now()));
        accept(publish("c", 10, now()));
        refuse(Code.TOO_MANY_VERSIONS, publish("d", 10, now()));
        accept(Commands.of(RETIRE, "configured", now()));
        accept(publish("d", 10, now()));
        refuse(Code.NOTHING_TO_ROLL_BACK_TO, Commands.of(ROLLBACK, "b", now()));
        assertThat(plan.loaded().stream().map(PlannedVersion::name)).containsExactly("b", "c", "d");
        assertThat(plan.loaded()).allMatch(Objects::nonNull);
    }
}
