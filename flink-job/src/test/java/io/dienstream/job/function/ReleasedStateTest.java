package io.dienstream.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.job.Records;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.schema.Behavior;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Keyed state as released jobs have left it, in each layout that there ever was: committed
 * snapshots of the operator, history and held records. CONTRIBUTING.md tells how to add one.
 */
class ReleasedStateTest {
    private static final long MODEL_SEED = 1;
    private static final int TODAYS_BEHAVIORS = 11;

    @TempDir private Path directory;

    /**
     * The snapshot of a user with a held request and behavior. So many behaviors with the held one
     * that the history, from layout 3 on, is kept in two parts.
     */
    @ParameterizedTest
    @CsvSource({"1, 12", "2, 12", "3, " + TODAYS_BEHAVIORS})
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

    private static String file(int layout) throws URISyntaxException {
        URL url = ReleasedStateTest.class.getResource("/state/layout-" + layout + ".snapshot");
        assertThat(url).as("committed snapshot of layout " + layout).isNotNull();
        return Path.of(url.toURI()).toString();
    }

    /** Writes today's snapshot to the file that is the argument. */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("released-state");
        try (InterestHarness h =
                new InterestHarness(
                        Records.model(directory, MODEL_SEED), null, "time.mode", "event-time")) {
            int last = TODAYS_BEHAVIORS - 1;
            for (int n = 0; n < last; n++) {
                h.behavior("u", n, 10L * n);
            }
            h.watermark(10L * last - 1);
            h.behavior("u", last, 10L * last);
            h.request("u", "held", 10L * last);
            OperatorSnapshotUtil.writeStateHandle(h.harness.snapshot(1, 1), args[0]);
        }
    }
}
