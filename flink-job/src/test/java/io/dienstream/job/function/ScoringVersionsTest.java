package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Model;
import io.dienstream.job.Records;
import io.dienstream.job.metric.ScoringMetrics;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.job.rollout.VersionLoading;
import java.nio.file.Path;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoringVersionsTest {
    private static final int SWAPS = 6;

    @TempDir private Path directory;

    /** However fast models follow each other, no more of them are in memory than a plan has. */
    @Test
    void aVersionThatIsNotNamedAnyMoreMakesRoom() throws Exception {
        Path configured = Records.model(directory, 1);
        JobOptions options =
                Records.options(
                        configured, "model.cache-directory", directory.resolve("cache").toString());
        ScoringMetrics metrics = new ScoringMetrics(new UnregisteredMetricsGroup());
        try (ScoringVersions versions =
                new ScoringVersions(VersionLoading.of(options), 0, metrics)) {
            for (int n = 1; n <= SWAPS; n++) {
                Path path = Records.model(directory, 10 + n);
                Model model = ModelReader.read(path);
                ModelStamp stamp =
                        new ModelStamp(
                                model.fingerprint(),
                                path.toUri().toString(),
                                model.checksum(),
                                n,
                                false,
                                n);
                ScoringVersion version = versions.of(stamp, n);
                assertThat(version.scorer.model().checksum()).isEqualTo(model.checksum());
                assertThat(versions.size()).isEqualTo(Math.min(n, RolloutPlan.MOST_LOADED));
                assertThat(versions.of(stamp, n)).isSameAs(version);
            }
        }
    }
}
