package io.dienstream.job.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Model;
import io.dienstream.job.Records;
import io.dienstream.job.rollout.Commands;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.job.rollout.VersionLoading;
import io.dienstream.job.rollout.VersionRouter;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However commands come, a JVM's tasks hold no more versions than {@link ModelRegistry} says. */
class HeldVersionsTest {
    private static final int TASKS = 3;
    private static final int COMMANDS = 400;
    private static final int MOST_BY_THE_CLOCK = 2 * RolloutPlan.MOST_LOADED + 1;
    private static final int MOST_BY_EVENT_TIME = RolloutPlan.MOST_LOADED + 2;
    private static final int MOST_AHEAD_MS = 10_000;
    private static final int MOST_STEP_MS = 300;
    private static final ModelCommandKind[] KINDS = {
        ModelCommandKind.PUBLISH,
        ModelCommandKind.PUBLISH,
        ModelCommandKind.RAMP,
        ModelCommandKind.PROMOTE,
        ModelCommandKind.PROMOTE,
        ModelCommandKind.ROLLBACK,
        ModelCommandKind.RETIRE
    };

    @TempDir private Path directory;
    private final RolloutLog plans = new RolloutLog(Commands.MODEL);
    private final List<RolloutLog> logs = new ArrayList<>();
    private final List<VersionRouter> routers = new ArrayList<>();
    private ModelRegistry registry;
    private VersionLoading loading;
    private Model model;
    private Random random;
    private long now;
    private int offset;

    @BeforeEach
    void model() throws IOException {
        model = ModelReader.read(Records.model(directory, 1));
    }

    /** Tasks of one JVM, where a share of all that is published cannot be loaded. */
    private void open(long seed, boolean byEventTime, double refused) throws Exception {
        random = new Random(seed);
        registry =
                new ModelRegistry(
                        (ref, progress, pace) -> {
                            boolean isBad = new Random(ref.uri().hashCode()).nextDouble() < refused;
                            if (isBad && !ref.uri().equals("own")) {
                                throw new IOException("refused here");
                            }
                            return model;
                        });
        var settings = new LoadSettings("", directory.toString(), 1, "", Duration.ZERO, 1);
        loading = new VersionLoading(new ModelRef("own", "", settings), false, 1);
        now = Records.START;
        for (int n = 0; n < TASKS; n++) {
            RolloutLog log = new RolloutLog(Commands.MODEL);
            logs.add(log);
            routers.add(new VersionRouter(log, registry, loading, byEventTime));
            routers.get(n).open(now);
        }
    }

    /** A command of which most are accepted, at once or ahead; to all tasks. */
    private void command() throws Exception {
        ModelCommandKind kind = KINDS[random.nextInt(KINDS.length)];
        List<PlannedVersion> loaded = plans.plan().loaded();
        long revision = plans.plan().revision();
        String some = loaded.get(random.nextInt(loaded.size())).name();
        ModelCommand command =
                kind == ModelCommandKind.PUBLISH
                        ? Commands.publish(
                                "v" + offset, "%064x".formatted(offset + 1), 10, revision)
                        : Commands.of(
                                kind, kind == ModelCommandKind.ROLLBACK ? "" : some, revision);
        if (random.nextInt(3) == 0) {
            command.setEffectiveAt(now + random.nextInt(MOST_AHEAD_MS));
        }
        var record = Commands.record(offset++, now, command);
        plans.accept(record);
        for (int n = 0; n < TASKS; n++) {
            if (logs.get(n).accept(record).refusal() == null) {
                routers.get(n).logChanged(now);
            }
        }
    }

    private void advance(long ms) throws Exception {
        now += ms;
        for (VersionRouter router : routers) {
            router.advance(now);
        }
    }

    /** Until all that the plans have is ready or refused, and the tasks have seen it. */
    private void settle() throws Exception {
        Set<PlannedVersion> all = new HashSet<>(plans.plan().loaded());
        all.addAll(routers.get(0).planInEffect().loaded());
        for (PlannedVersion version : all) {
            try (ModelLease lease = registry.lease(loading.ref(version), version.publishedIn())) {
                lease.await();
            }
        }
        advance(0);
    }

    private void assertNothingIsLeft() {
        routers.forEach(VersionRouter::close);
        assertThat(registry.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void byTheClock(long seed) throws Exception {
        open(seed, false, 0.3);
        int most = 0;
        for (int n = 0; n < COMMANDS; n++) {
            command();
            settle();
            advance(random.nextInt(MOST_STEP_MS));
            settle();
            boolean isAhead = !routers.get(0).planInEffect().equals(plans.plan());
            assertThat(registry.size())
                    .as("after command %d of seed %d", n, seed)
                    .isLessThanOrEqualTo(isAhead ? MOST_BY_THE_CLOCK : RolloutPlan.MOST_LOADED + 1);
            most = Math.max(most, registry.size());
        }
        assertThat(most).as("commands ahead were there").isGreaterThan(RolloutPlan.MOST_LOADED + 1);
        advance(MOST_AHEAD_MS);
        settle();
        assertThat(routers.get(0).planInEffect()).isEqualTo(plans.plan());
        assertThat(registry.size()).isLessThanOrEqualTo(RolloutPlan.MOST_LOADED + 1);
        assertNothingIsLeft();
    }

    /** Tasks wait there; a request from long before has its plan's versions for a moment. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void byEventTime(long seed) throws Exception {
        open(seed, true, 0);
        int most = 0;
        for (int n = 0; n < COMMANDS; n++) {
            command();
            advance(random.nextInt(MOST_STEP_MS));
            assertThat(registry.size())
                    .as("after command %d of seed %d", n, seed)
                    .isLessThanOrEqualTo(RolloutPlan.MOST_LOADED);
            long before = now - random.nextInt(10 * MOST_STEP_MS);
            for (VersionRouter router : routers) {
                router.route("u" + n, before);
            }
            assertThat(registry.size()).isLessThanOrEqualTo(MOST_BY_EVENT_TIME);
            most = Math.max(most, registry.size());
        }
        assertThat(most).isGreaterThan(RolloutPlan.MOST_LOADED);
        assertNothingIsLeft();
    }

    /** What was refused holds no weights. */
    @Test
    void whatIsRefusedIsNotHeld() throws Exception {
        open(1, false, 1);
        assertThat(registry.held()).isEqualTo(1);
        var record = Commands.record(offset++, now, Commands.publish("bad", "0".repeat(64), 10, 0));
        for (int n = 0; n < TASKS; n++) {
            logs.get(n).accept(record);
            routers.get(n).logChanged(now);
        }
        plans.accept(record);
        settle();
        assertThat(registry.size()).isEqualTo(2);
        assertThat(registry.held()).isEqualTo(1);
        assertNothingIsLeft();
    }
}
