package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dienstream.cli.demo.DemoCluster;
import io.dienstream.cli.demo.Parity;
import io.dienstream.cli.kafka.LogPlayer;
import io.dienstream.cli.offline.OfflineScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.savepoint.SavepointHistories;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole logs through a real Kafka, RocksDB and the job: the answers are those of an offline replay,
 * however the log is delivered and whatever happens to the job on the way.
 */
class ReplayParityTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir private Path directory;

    private Dataset dataset(String name) throws IOException {
        if (name.equals("simulated")) {
            return Dataset.simulated(directory);
        }
        assumeTrue(
                Dataset.isPresent(name),
                () -> "SKIPPED: no real data " + name + " below " + Dataset.shared());
        return Dataset.real(name);
    }

    private static Map<String, String> eventTime(Duration lateness) {
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.TIME_MODE.key(), "event-time");
        options.put(JobOptions.ALLOWED_LATENESS.key(), lateness.toMillis() + "ms");
        options.put(JobOptions.IDLE_AFTER.key(), "0s");
        options.put(JobOptions.EARLIEST.key(), "1990-01-01T00:00:00Z");
        options.put(JobOptions.BUFFER_TIMEOUT.key(), "50ms");
        options.put(JobOptions.SERVED_ENABLED.key(), "false");
        return options;
    }

    private static OfflineScorer offline(Dataset data) throws IOException {
        return new OfflineScorer(new Scorer(ModelReader.read(data.model()), KernelsProvider.get()));
    }

    private static void assertParity(Dataset data, RunningJob job) throws IOException {
        Parity parity = new Parity(offline(data));
        parity.checkEventTime(data.behaviors(), data.requests(), job.answers.answers());
        assertThat(parity.holds()).as(parity.summary()).isTrue();
        assertThat(job.answers.size()).isEqualTo(data.requests().size());
        assertThat(job.answers.doubled()).isZero();
        assertThat(job.answers.deadLetters()).isEmpty();
    }

    /** Disorder of up to a day of event time, and every behavior delivered twice. */
    @ParameterizedTest
    @ValueSource(strings = {"simulated", "amazon-sports", "ml-100k"})
    void disorderAndDuplicatesChangeNothing(String name) throws Exception {
        Dataset data = dataset(name);
        try (DemoCluster cluster = DemoCluster.start(2);
                RunningJob job = new RunningJob(cluster)) {
            try (LogPlayer player = cluster.player()) {
                List<Behavior> twice = new ArrayList<>(data.behaviors());
                twice.addAll(data.behaviors());
                disordered(twice).forEach(player::send);
                data.requests().forEach(player::send);
                player.flush();
            }
            Map<String, String> options = eventTime(DAY);
            options.put(JobOptions.BOUNDED.key(), "true");
            job.submit(cluster.options(data.model(), options), null);
            job.awaitFinished();
            assertParity(data, job);
        }
    }

    /** Each one delivered at its time plus anything below a day. */
    private static List<Behavior> disordered(List<Behavior> behaviors) {
        Random random = new Random(20261124);
        record Delivery(long at, Behavior behavior) {}
        return behaviors.stream()
                .map(b -> new Delivery(b.getTimestamp() + random.nextLong(DAY.toMillis()), b))
                .sorted(Comparator.comparingLong(Delivery::at))
                .map(Delivery::behavior)
                .toList();
    }

    /**
     * Stopped with a savepoint half way, resumed with another parallelism; at the end every user's
     * state in the final savepoint is, bit for bit, what its retained behaviors make from zero.
     */
    @ParameterizedTest
    @ValueSource(strings = {"simulated", "amazon-sports", "ml-100k"})
    void stoppingAndResumingAtAnotherParallelismChangesNothing(String name) throws Exception {
        Dataset data = dataset(name);
        long[] times =
                data.requests().stream().mapToLong(AdRequest::getTimestamp).sorted().toArray();
        long half = times[times.length / 2];
        try (DemoCluster cluster = DemoCluster.start(2);
                RunningJob job = new RunningJob(cluster);
                LogPlayer player = cluster.player()) {
            Map<String, String> options = eventTime(Duration.ofSeconds(1));
            play(player, data, Long.MIN_VALUE, half);
            job.submit(cluster.options(data.model(), options), null);
            job.await("a quarter is answered", () -> job.answers.size() >= times.length / 4);
            String savepoint = job.stopWithSavepoint();
            int answeredBefore = job.answers.size();
            assertThat(answeredBefore).isLessThan(times.length);

            play(player, data, half, Long.MAX_VALUE);
            EndOfTime.send(cluster);
            options.put(JobOptions.PARALLELISM.key(), "1");
            job.submit(cluster.options(data.model(), options), savepoint);
            job.await("all is answered", () -> job.answers.size() == times.length);
            assertParity(data, job);
            assertStates(data, SavepointHistories.read(job.stopWithSavepoint()));
        }
    }

    /** What is later than {@code after} and not later than {@code until}, in event order. */
    private static void play(LogPlayer player, Dataset data, long after, long until) {
        for (Behavior b : data.behaviors()) {
            if (b.getTimestamp() > after && b.getTimestamp() <= until) {
                player.send(b);
            }
        }
        data.requests().stream()
                .filter(r -> r.getTimestamp() > after && r.getTimestamp() <= until)
                .sorted(Comparator.comparingLong(AdRequest::getTimestamp))
                .forEach(player::send);
        player.flush();
    }

    private static void assertStates(Dataset data, Map<String, InterestHistory> histories)
            throws IOException {
        Map<String, List<Behavior>> byUser = new HashMap<>();
        for (Behavior b : data.behaviors()) {
            byUser.computeIfAbsent(b.getUserId(), u -> new ArrayList<>()).add(b);
        }
        assertThat(histories).containsOnlyKeys(byUser.keySet());
        OfflineScorer offline = offline(data);
        var model = offline.scorer().historyModel();
        for (Map.Entry<String, InterestHistory> e : histories.entrySet()) {
            InterestHistory stored = e.getValue();
            InterestHistory replayed = offline.history(byUser.get(e.getKey()));
            InterestHistory rebuilt = model.rebuild(stored, model.newScratch());
            int floats = stored.size() * stored.hidden();
            assertThat(stored.size()).isEqualTo(replayed.size());
            for (int t = 0; t < stored.size(); t++) {
                assertThat(stored.eventKey(t)).isEqualTo(replayed.eventKey(t));
            }
            assertThat(stored.floorTimestamp()).isEqualTo(replayed.floorTimestamp());
            float[] states = Arrays.copyOf(stored.states(), floats);
            assertThat(states).containsExactly(Arrays.copyOf(replayed.states(), floats));
            assertThat(states).containsExactly(Arrays.copyOf(rebuilt.states(), floats));
        }
    }
}
