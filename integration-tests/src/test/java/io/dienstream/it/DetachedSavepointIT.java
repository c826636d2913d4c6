package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job's state goes on with another Kafka, where the same offsets are other records. */
class DetachedSavepointIT {
    private static final Map<String, String> OPTIONS =
            Map.of(JobOptions.DELIVERY.key(), "exactly-once", "checkpoint.interval", "1s");

    @TempDir private Path directory;

    private static Behavior behavior(int n) {
        Map<String, String> fields = Map.of("item", "i" + n, "category", "c");
        return new Behavior("e" + n, "u", System.currentTimeMillis(), fields);
    }

    private static AdRequest request(String id) {
        Candidate ad = new Candidate("a", Map.of("item", "i1"), Pricing.CPM, 1L, "USD", null);
        long now = System.currentTimeMillis();
        return new AdRequest(id, "u", now, Map.of(), Map.of(), List.of(ad));
    }

    @Test
    void theStateGoesOnWithAnotherKafka() throws Exception {
        Path model = Dataset.simulated(directory).model();
        String savepoint;
        Path detached = directory.resolve("detached");
        try (DemoCluster cluster = DemoCluster.start(1);
                RunningJob job = new RunningJob(cluster);
                LogPlayer player = cluster.player()) {
            job.submit(model, OPTIONS, null);
            for (int n = 0; n < 5; n++) {
                player.send(behavior(n));
            }
            player.send(request("before"));
            player.flush();
            job.await("an answer", () -> job.answers.size() == 1);
            savepoint = job.stopWithSavepoint();
            CommandRun result =
                    CommandRun.of(
                            "savepoint",
                            "detach",
                            "--savepoint",
                            Path.of(URI.create(savepoint)),
                            "--output",
                            detached);
            assertThat(result.exitCode()).as(result.err()).isZero();
        }
        // in the mirror the last behavior comes once more, at the very first offset
        try (DemoCluster mirror = DemoCluster.start(1);
                RunningJob job = new RunningJob(mirror);
                LogPlayer player = mirror.player()) {
            player.send(behavior(4));
            player.send(behavior(5));
            player.flush();
            job.submit(model, OPTIONS, detached.toUri().toString());
            int[] asked = {0};
            job.await(
                    "everything there is read",
                    () -> {
                        player.send(request("after" + asked[0]++));
                        player.flush();
                        return job.answers.answers().values().stream()
                                .anyMatch(a -> a.getSequenceLength() == 6);
                    });
            assertThat(job.answers.answers().values())
                    .allMatch(a -> a.getSequenceLength() >= 5 && a.getSequenceLength() <= 6);
            job.cancel();
        }
    }
}
