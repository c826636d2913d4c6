package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The checkpoints' storage stands still for longer than a transaction lives. Kafka aborts what is
 * open by then, so the job has to have gone back to its last checkpoint before.
 */
class StalledCheckpointsIT {
    private static final long TRANSACTION_MS = 12_000;

    @TempDir private Path directory;

    private static AdRequest request(int n) {
        Candidate ad = new Candidate("a", Map.of("item", "i1"), Pricing.CPM, 1L, "USD", null);
        return new AdRequest(
                "r" + n, "u" + n, System.currentTimeMillis(), Map.of(), Map.of(), List.of(ad));
    }

    @Test
    void noAnswerIsLostThoughKafkaAbortsWhatIsOpen() throws Exception {
        Dataset data = Dataset.simulated(directory);
        Path storage = Files.createDirectory(directory.resolve("storage"));
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.DELIVERY.key(), "exactly-once");
        options.put(JobOptions.CHECKPOINT_INTERVAL.key(), "1s");
        options.put(JobOptions.CHECKPOINT_TIMEOUT.key(), "2s");
        options.put(JobOptions.CHECKPOINT_DIRECTORY.key(), storage.toUri().toString());
        options.put(
                JobOptions.KAFKA_PREFIX + "transaction.timeout.ms", Long.toString(TRANSACTION_MS));
        try (DemoCluster cluster = DemoCluster.start(1);
                RunningJob job = new RunningJob(cluster);
                LogPlayer player = cluster.player()) {
            job.submit(data.model(), options, null);
            for (int n = 0; n < 100; n++) {
                player.send(request(n));
            }
            player.flush();
            job.await("the first are committed", () -> job.answers.size() == 100);

            Path runs = only(storage);
            Path away = directory.resolve("away");
            Files.move(runs, away);
            Files.writeString(runs, "no directory: every checkpoint fails");
            for (int n = 100; n < 200; n++) {
                player.send(request(n));
            }
            player.flush();
            long until = System.nanoTime() + 2 * TRANSACTION_MS * 1_000_000;
            job.await("longer than a transaction lives", () -> System.nanoTime() > until);
            assertThat(job.answers.size()).as("nothing can commit").isEqualTo(100);

            Files.delete(runs);
            Files.move(away, runs);
            job.await("all are committed", () -> job.answers.size() == 200);
            assertThat(job.answers.doubled()).isZero();
            assertThat(job.restarted()).as("it went back in time").isTrue();
            job.cancel();
        }
    }

    /** The directory of the only run. */
    private static Path only(Path storage) throws Exception {
        try (Stream<Path> files = Files.list(storage)) {
            return files.findFirst().orElseThrow();
        }
    }
}
