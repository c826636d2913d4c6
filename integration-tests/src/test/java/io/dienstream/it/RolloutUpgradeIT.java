package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.model.Architecture;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ScoredRequest;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A rollout that outlives jobs, and many swaps in one. */
class RolloutUpgradeIT extends RolloutScenario {
    private static final int SWAPS = 10;

    /** A savepoint of a job that read no commands. */
    @Test
    void aJobWithoutCommandsGoesOnWithThem() throws Exception {
        submit("rollout.enabled", "false");
        assertThat(traffic(100)).containsExactly(of(a));
        submitFrom(job.stopWithSavepoint());
        assertThat(traffic(50)).containsExactly(of(a));
        await("b", publish("b", b, 100));
        assertThat(traffic(100)).containsExactly(of(b));
        assertAllRight(a, b);
        assertThat(job.answers.answers().values())
                .as("histories were restored")
                .anyMatch(answer -> answer.getSequenceLength() > 1);
        job.cancel();
    }

    /** Scenario 6: a savepoint and another parallelism in mid-rollout. */
    @Test
    void aRolloutGoesOnAfterASavepointAtAnotherParallelism() throws Exception {
        submit(JOB_PARALLELISM, "1");
        await("b", publish("b", b, 50));
        traffic(200);
        Map<String, String> before = byUser(job.answers.answers());
        String savepoint = job.stopWithSavepoint();
        submitFrom(savepoint, JOB_PARALLELISM, "2");
        // until a restored job has loaded its candidate again, live answers for it
        CommandProcess.await("b answers again", () -> traffic(20).contains(of(b)));
        Map<String, ScoredRequest> after = new HashMap<>(job.answers.answers());
        Set<String> earlier = Set.copyOf(after.keySet());
        traffic(200);
        after.putAll(job.answers.answers());
        after.keySet().removeAll(earlier);
        byUser(after)
                .forEach(
                        (user, fingerprint) ->
                                assertThat(before.getOrDefault(user, fingerprint))
                                        .as(user)
                                        .isEqualTo(fingerprint));
        await("b", send(ModelCommandKind.PROMOTE, "b"));
        savepoint = job.stopWithSavepoint();
        Files.move(a, directory.resolve("moved"));
        submitFrom(savepoint, JOB_PARALLELISM, "1");
        assertThat(traffic(100)).as("the configured model is gone").containsExactly(of(b));
        Files.move(directory.resolve("moved"), a);
        assertThat(job.answers.answers().values())
                .extracting(ScoredRequest::getPlanRevision)
                .isSorted();
        assertAllRight(a, b);
        job.cancel();
    }

    /**
     * Scenario 4, short: nothing is left of a version that is gone. More models take turns than
     * scoring keeps, so that each swap loads one.
     */
    @Test
    void manySwapsLeaveNothingBehind() throws Exception {
        ModelRegistry registry = ModelRegistry.shared();
        int heldBefore = registry.held();
        submit();
        List<Path> models = new ArrayList<>(List.of(b, c));
        for (int n = models.size(); n < RolloutPlan.MOST_LOADED + 2; n++) {
            models.add(model("turn-" + n, Architecture.DIEN, 10 + n));
        }
        assertThat(traffic(10)).containsExactly(of(a));
        long loads = registry.loads();
        int classes = 0;
        for (int swap = 0; swap < SWAPS; swap++) {
            Path model = models.get(swap % models.size());
            String name = "swap-" + swap;
            await(name, publish(name, model, 0));
            await(name, send(ModelCommandKind.PROMOTE, name));
            assertThat(traffic(10)).containsExactly(of(model));
            send(ModelCommandKind.RETIRE, swap == 0 ? "configured" : "swap-" + (swap - 1));
            assertThat(registry.held() - heldBefore)
                    .as("of the plan, and those that scoring used last, after swap %d", swap)
                    .isLessThanOrEqualTo(2 * RolloutPlan.MOST_LOADED);
            if (swap == models.size() - 1) {
                classes = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
            }
        }
        assertThat(ManagementFactory.getClassLoadingMXBean().getLoadedClassCount())
                .isLessThan(classes + 500);
        assertThat(registry.loads() - loads).isEqualTo(SWAPS);
        models.add(a);
        assertAllRight(models.toArray(Path[]::new));
        job.cancel();
        assertThat(registry.held()).as("nothing is left of the job").isEqualTo(heldBefore);
    }
}
