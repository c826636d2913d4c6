package io.dienstream.job.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.Records;
import io.dienstream.job.artifact.LoadState;
import io.dienstream.job.artifact.ModelLease;
import io.dienstream.job.artifact.ModelRef;
import io.dienstream.job.artifact.ModelRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A live version that is gone when a task starts: {@code model.missing}. */
class VersionLoadingTest {
    private static final long RETRY_MS = 5;

    @TempDir private Path directory;
    private Path model;
    private Path away;
    private PlannedVersion version;

    @BeforeEach
    void aLiveVersionThatIsGone() throws Exception {
        model = Records.model(directory, 1);
        away = directory.resolve("away");
        String sha256 = ModelReader.read(model).checksum();
        version = new PlannedVersion("v", model.toUri().toString(), sha256, 1);
        Files.move(model, away);
    }

    private VersionLoading loading(boolean waits) {
        var options =
                Records.options(
                        directory.resolve("configured"),
                        "model.cache-directory",
                        directory.resolve("cache").toString());
        return new VersionLoading(ModelRef.configured(options), waits, RETRY_MS);
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aTaskThatWaitsGoesOnOnceItIsThere() throws Exception {
        VersionLoading loading = loading(true);
        try (ModelLease lease = ModelRegistry.shared().lease(loading.ref(version), 1)) {
            assertThat(lease.await()).isEqualTo(LoadState.REFUSED);
            CompletableFuture<Scorer> waiting =
                    CompletableFuture.supplyAsync(() -> await(loading, lease));
            long before = ModelRegistry.shared().changes();
            while (ModelRegistry.shared().changes() < before + 4 && !waiting.isDone()) {
                Thread.sleep(1); // it is tried again, and refused again
            }
            assertThat(waiting).isNotDone();
            Files.move(away, model);
            assertThat(waiting.get(5, TimeUnit.MINUTES).model().checksum())
                    .isEqualTo(version.sha256());
        }
    }

    private Scorer await(VersionLoading loading, ModelLease lease) {
        try {
            return loading.await(version, lease);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTaskThatDoesNotWaitFailsAndNamesWhatIsMissing() throws Exception {
        VersionLoading loading = loading(false);
        try (ModelLease lease = ModelRegistry.shared().lease(loading.ref(version), 1)) {
            assertThatThrownBy(() -> loading.await(version, lease))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(version.uri())
                    .hasMessageContaining("model.missing=wait");
        }
    }
}
