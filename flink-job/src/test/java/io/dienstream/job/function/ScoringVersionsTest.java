package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.job.Records;
import io.dienstream.job.artifact.ModelLease;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.metric.ScoringMetrics;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.job.rollout.VersionLoading;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.runtime.metrics.groups.GenericMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoringVersionsTest {
    private static final int SWAPS = 6;
    private static final long LET_GO_MS = 10_000;
    private static final long IDLE_MS = 600_000;

    @TempDir private Path directory;
    private final Set<String> registered = new TreeSet<>();
    private VersionLoading loading;

    @BeforeEach
    void loading() throws Exception {
        JobOptions options =
                Records.options(
                        Records.model(directory, 1),
                        "model.cache-directory",
                        directory.resolve("cache").toString());
        loading = VersionLoading.of(options);
    }

    private ScoringVersions versions() {
        var registry =
                TestingMetricRegistry.builder()
                        .setRegisterConsumer(
                                (m, name, g) -> registered.add(g.getMetricIdentifier(name)))
                        .setUnregisterConsumer(
                                (m, name, g) -> registered.remove(g.getMetricIdentifier(name)))
                        .build();
        var operator = new GenericMetricGroup(registry, null, "operator");
        return new ScoringVersions(loading, 0, new ScoringMetrics(operator));
    }

    /** Requests that are counted by version. */
    private long series() {
        return registered.stream().filter(id -> id.endsWith(".requests")).count();
    }

    /** Of a version that is called as its seed, so that each has metrics of its own. */
    private ModelStamp stamp(int seed) throws Exception {
        Path path = directory.resolve("version-" + seed);
        ModelConfig config =
                RandomModels.config(
                        Architecture.DIEN,
                        AttentionType.BILINEAR,
                        GateForm.PAPER,
                        Records.MAX_LENGTH);
        Model model = RandomModels.write(path, called("v" + seed, config), seed);
        return new ModelStamp(
                model.fingerprint(), path.toUri().toString(), model.checksum(), seed, false, seed);
    }

    private static ModelConfig called(String version, ModelConfig of) {
        return new ModelConfig(
                of.name(),
                version,
                of.architecture(),
                of.embeddings(),
                of.behaviorFields(),
                of.adFields(),
                of.userFields(),
                of.contextFields(),
                of.maxLength(),
                of.hidden(),
                of.attention(),
                of.gate(),
                of.mlp());
    }

    private ModelLease planned(ModelStamp stamp) {
        return ModelRegistry.shared()
                .leaseForPlan(loading.published(stamp.uri(), stamp.sha256()), stamp.publishedIn());
    }

    /** However fast models follow each other, no more of them are in memory than a plan has. */
    @Test
    void aVersionThatIsNotNamedAnyMoreMakesRoom() throws Exception {
        try (ScoringVersions versions = versions()) {
            for (int n = 1; n <= SWAPS; n++) {
                ModelStamp stamp = stamp(n);
                ScoringVersion version = versions.of(stamp, n);
                assertThat(version.scorer.model().checksum()).isEqualTo(stamp.sha256());
                assertThat(versions.size()).isEqualTo(Math.min(n, RolloutPlan.MOST_LOADED));
                assertThat(series()).isEqualTo(versions.size());
                assertThat(versions.of(stamp, n)).isSameAs(version);
            }
        }
        assertThat(series()).isZero();
    }

    /** Tasks for it may be on their way for a moment; then it goes, with its metrics. */
    @Test
    void aVersionThatThePlanHasLetGoGoesSoonAfterItsLastRequest() throws Exception {
        ModelStamp before = stamp(1);
        ModelStamp now = stamp(2);
        int held = ModelRegistry.shared().held();
        try (ScoringVersions versions = versions();
                ModelLease plan = planned(now)) {
            ModelLease planBefore = planned(before);
            versions.of(before, 0);
            versions.of(now, 1);
            versions.of(now, 3 * LET_GO_MS);
            assertThat(series()).as("the plan may give it users again").isEqualTo(2);
            versions.of(before, 4 * LET_GO_MS);
            planBefore.close();
            versions.of(now, 4 * LET_GO_MS + 1);
            assertThat(series()).as("a task for it may be on its way").isEqualTo(2);
            versions.of(now, 6 * LET_GO_MS + 2);
            assertThat(series()).isEqualTo(1);
            assertThat(registered).noneMatch(id -> id.contains("version.v1"));
            assertThat(ModelRegistry.shared().held() - held).isEqualTo(1);
            assertThat(plan.isReady()).isTrue();
        }
        assertThat(series()).isZero();
        assertThat(ModelRegistry.shared().held()).isEqualTo(held);
    }

    /** On a machine without a task that picks versions nobody tells what the plan has let go. */
    @Test
    void aVersionThatNoPlanHasHeldHereGoesWhenItIsIdle() throws Exception {
        try (ScoringVersions versions = versions()) {
            ModelStamp before = stamp(1);
            ModelStamp now = stamp(2);
            versions.of(before, 0);
            versions.of(now, IDLE_MS);
            assertThat(versions.size()).isEqualTo(2);
            versions.of(now, IDLE_MS + LET_GO_MS);
            assertThat(versions.size()).isEqualTo(1);
        }
    }
}
