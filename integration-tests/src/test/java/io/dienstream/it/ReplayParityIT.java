package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Needed;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Logs through a real Kafka, RocksDB and the job: the answers are those of an offline replay,
 * however the log is delivered and whatever happens to the job on the way. Of real logs some users
 * with all that they did, since what one is answered depends on no other; whole where it may take
 * long.
 */
class ReplayParityIT {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir private Path directory;

    private Dataset dataset(String name, int everyNthUser) throws IOException {
        if (name.equals("simulated")) {
            return Dataset.simulated(directory);
        }
        Needed.here(
                "real-logs",
                Dataset.isPresent(name),
                "no real data " + name + " below " + Dataset.shared());
        return Dataset.real(name).ofEveryNthUser(everyNthUser);
    }

    private static Map<String, String> eventTime(Duration lateness) {
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.TIME_MODE.key(), "event-time");
        options.put(JobOptions.MAX_DRIFT.key(), "0s");
        options.put(JobOptions.ALLOWED_LATENESS.key(), lateness.toMillis() + "ms");
        options.put(JobOptions.IDLE_AFTER.key(), "0s");
        options.put(JobOptions.EARLIEST.key(), "1990-01-01T00:00:00Z");
        options.put(JobOptions.BUFFER_TIMEOUT.key(), "50ms");
        options.put(JobOptions.SERVED_ENABLED.key(), "false");
        return options;
    }

    @ParameterizedTest
    @CsvSource({"simulated, 1", "amazon-sports, 8", "ml-100k, 2"})
    void disorderAndDuplicatesChangeNothing(String name, int everyNthUser) throws Exception {
        playInDisorder(dataset(name, everyNthUser));
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"amazon-sports", "ml-100k"})
    void disorderAndDuplicatesChangeNothingOfWholeLogs(String name) throws Exception {
        playInDisorder(dataset(name, 1));
    }

    /** Disorder of up to a day of event time, and every behavior delivered twice. */
    private static void playInDisorder(Dataset data) throws Exception {
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
            job.submit(data.model(), options, null);
            job.awaitFinished();
            OfflineTruth.assertParity(data, job);
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

    @ParameterizedTest
    @CsvSource({"simulated, 1", "amazon-sports, 8", "ml-100k, 2"})
    void stoppingAndResumingAtAnotherParallelismChangesNothing(String name, int everyNthUser)
            throws Exception {
        stopAndResume(dataset(name, everyNthUser));
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"amazon-sports", "ml-100k"})
    void stoppingAndResumingChangesNothingOfWholeLogs(String name) throws Exception {
        stopAndResume(dataset(name, 1));
    }

    /**
     * Stopped with a savepoint half way, resumed with another parallelism; at the end every user's
     * state in the final savepoint is, bit for bit, what its retained behaviors make from zero.
     */
    private static void stopAndResume(Dataset data) throws Exception {
        long[] times =
                data.requests().stream().mapToLong(AdRequest::getTimestamp).sorted().toArray();
        long half = times[times.length / 2];
        try (DemoCluster cluster = DemoCluster.start(2);
                RunningJob job = new RunningJob(cluster);
                LogPlayer player = cluster.player()) {
            Map<String, String> options = eventTime(Duration.ofSeconds(1));
            data.play(player, Long.MIN_VALUE, half);
            job.submit(data.model(), options, null);
            job.await("a quarter is answered", () -> job.answers.size() >= times.length / 4);
            String savepoint = job.stopWithSavepoint();
            int answeredBefore = job.answers.size();
            assertThat(answeredBefore).isLessThan(times.length);

            data.play(player, half, Long.MAX_VALUE);
            EndOfTime.send(cluster);
            options.put(JobOptions.PARALLELISM.key(), "1");
            job.submit(data.model(), options, savepoint);
            job.await("all is answered", () -> job.answers.size() == times.length);
            OfflineTruth.assertParity(data, job);
            OfflineTruth.assertSame(
                    OfflineTruth.offline(data.model()),
                    data.behaviors(),
                    OfflineTruth.stored(job.stopWithSavepoint(), data.model()));
        }
    }
}
