package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.job.Records;
import io.dienstream.job.rollout.Commands;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelState;
import io.dienstream.schema.ModelStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A plan whose artifact is gone when the job is restored, and no copy is left on the machine. */
class RolloutRestoreTest extends RolloutOperatorScenario {
    private Path c;
    private Path away;
    private String sha256;

    @BeforeEach
    void aVersionThatWillBeGone() throws Exception {
        c = Records.model(directory, 3);
        away = directory.resolve("away");
        sha256 = checksum(c);
    }

    /** Of a task that answers by {@code c}; then both the artifact and its copies are deleted. */
    private OperatorSubtaskState snapshotThenLose() throws Exception {
        awaitLoaded(c);
        assertScoredBy(c, request("u", 10));
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);
        harness.close();
        harness = null;
        Files.move(c, away);
        FileUtils.deleteDirectory(directory.resolve("cache").toFile());
        return snapshot;
    }

    @Test
    void aMissingCandidateIsRefusedAndLiveGoesOn() throws Exception {
        open(null, List.of());
        command(publish("c", c, 100));
        OperatorSubtaskState snapshot = snapshotThenLose();

        open(snapshot, List.of());
        assertScoredBy(a, request("u", 11));
        awaitDecided(c, sha256);
        assertScoredBy(a, request("u", 12));
        harness.setProcessingTime(NOW + 1000);
        ModelStatus refused = statuses().get("c");
        assertThat(refused.getState()).isEqualTo(ModelState.REFUSED);
        assertThat(refused.getReason()).contains(c.toString());
        assertThat(statuses().get("configured").getState()).isEqualTo(ModelState.SERVING);

        Files.move(away, c);
        command(publish("c", c, 0));
        awaitDecided(c, sha256);
        assertScoredBy(c, request("u", 13));
    }

    @Test
    void aMissingLiveVersionNamesItsUri() throws Exception {
        open(null, List.of());
        command(publish("c", c, 0));
        command(Commands.of(ModelCommandKind.PROMOTE, "c", 0));
        OperatorSubtaskState snapshot = snapshotThenLose();
        assertThatThrownBy(() -> open(snapshot, List.of(), "model.missing", "fail"))
                .hasMessageContaining(uri(c))
                .hasMessageContaining("model.missing=wait");
        harness.close();
        Files.move(away, c);
        open(snapshot, List.of(), "model.missing", "fail");
        assertScoredBy(c, request("u", 11));
    }
}
