package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.option.JobOptions;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partitions that are slow, silent, or fed by a clock that is ahead. */
class PartitionTimeIT {
    private static final long START = 1_700_000_000_000L;
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    @TempDir private Path directory;

    private static Behavior behavior(String user, String id, long time) {
        return new Behavior(id, user, time, Map.of("item", "1", "category", "1"));
    }

    private static AdRequest request(String user, long time) {
        Candidate ad = new Candidate("a", Map.of("item", "2"), Pricing.CPM, 1L, "USD", null);
        return new AdRequest("of " + user, user, time, Map.of(), Map.of(), List.of(ad));
    }

    private static Map<String, String> eventTime(String idleAfter) {
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.TIME_MODE.key(), "event-time");
        options.put(JobOptions.ALLOWED_LATENESS.key(), "1s");
        options.put(JobOptions.IDLE_AFTER.key(), idleAfter);
        return options;
    }

    /** Two behaviors and a request of {@code user}, then the time of {@code clock}. */
    private static void log(PartitionSender sender, int partition, String user, long clock)
            throws Exception {
        sender.send(partition, behavior(user, user + 1, START));
        sender.send(partition, behavior(user, user + 2, START + SECOND));
        sender.send(partition, request(user, START + 2 * SECOND));
        sender.send(partition, behavior("clock", "clock" + partition, clock));
        sender.send(partition, request("clock" + partition, clock));
    }

    private static int seen(RunningJob job, String user) {
        return job.answers.answers().get("of " + user).getSequenceLength();
    }

    @Test
    void aSlowPartitionHoldsTimeBackAndItsRecordsAreInTime() throws Exception {
        Path model = Dataset.simulated(directory).model();
        try (DemoCluster cluster = DemoCluster.start(1);
                RunningJob job = new RunningJob(cluster);
                PartitionSender sender = new PartitionSender(cluster)) {
            log(sender, 0, "fast", START + HOUR);
            sender.marker("behaviors", 0);
            sender.marker("ad-requests", 0);
            Map<String, String> options = eventTime("0s");
            options.put(JobOptions.CHECKPOINT_INTERVAL.key(), "1s");
            job.submit(model, options, null);
            job.await("all of the fast one is read", () -> refused(job, "undecodable") == 2);
            job.await("some seconds pass", () -> checkpointed(cluster, 4));
            assertThat(job.answers.size()).as("the slow partition has no time yet").isZero();

            log(sender, 1, "slow", START + HOUR);
            job.await("both users are answered", () -> job.answers.size() == 2);
            assertThat(seen(job, "fast")).isEqualTo(2);
            assertThat(seen(job, "slow")).isEqualTo(2);
            assertThat(refused(job, "late")).isZero();
            job.cancel();
        }
    }

    /** Whether the job has come to its {@code n}th checkpoint, a second each. */
    private static boolean checkpointed(DemoCluster cluster, int n) {
        try (Stream<Path> files = Files.walk(cluster.checkpoints(), 2)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> name.startsWith("chk-"))
                    .anyMatch(name -> Integer.parseInt(name.substring("chk-".length())) >= n);
        } catch (IOException | UncheckedIOException e) {
            return false; // one was being removed; the next look will tell
        }
    }

    @Test
    void aSilentPartitionNoLongerHoldsTimeBack() throws Exception {
        Path model = Dataset.simulated(directory).model();
        try (DemoCluster cluster = DemoCluster.start(1);
                RunningJob job = new RunningJob(cluster);
                PartitionSender sender = new PartitionSender(cluster)) {
            log(sender, 0, "fast", START + HOUR);
            job.submit(model, eventTime("1s"), null);
            job.await("the user is answered", () -> job.answers.size() == 1);
            assertThat(seen(job, "fast")).isEqualTo(2);
            job.cancel();
        }
    }

    /**
     * A behavior from two hours ahead comes first. When time has passed what is ten minutes old,
     * what is one second old must still be in time.
     */
    @Test
    void aProducersClockThatIsAheadMakesNobodyLate() throws Exception {
        Path model = Dataset.simulated(directory).model();
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.TIME_MODE.key(), "event-time");
        options.put(JobOptions.MAX_AHEAD.key(), "1d");
        options.put(JobOptions.ALLOWED_LATENESS.key(), "2s");
        options.put(JobOptions.IDLE_AFTER.key(), "1s");
        try (DemoCluster cluster = DemoCluster.start(1);
                RunningJob job = new RunningJob(cluster);
                PartitionSender sender = new PartitionSender(cluster)) {
            job.submit(model, options, null);
            long now = System.currentTimeMillis();
            sender.send(0, behavior("ahead", "ahead", now + 2 * HOUR));
            int[] sent = {0};
            job.await(
                    "time has passed",
                    () -> {
                        try {
                            String id = "old" + sent[0]++;
                            sender.send(0, behavior(id, id, now - 10 * MINUTE));
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                        return refused(job, "late") > 0;
                    });
            long later = System.currentTimeMillis();
            sender.send(0, behavior("other", "other", later - SECOND));
            sender.send(0, request("other", later));
            sender.send(0, request("ahead", later));
            int[] ticks = {0};
            job.await(
                    "both are answered",
                    () -> {
                        try {
                            String id = "clock" + ticks[0]++;
                            sender.send(0, behavior("clock", id, System.currentTimeMillis()));
                            sender.send(0, request(id, System.currentTimeMillis()));
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                        return job.answers
                                .answers()
                                .keySet()
                                .containsAll(List.of("of other", "of ahead"));
                    });
            assertThat(seen(job, "other")).isEqualTo(1);
            assertThat(seen(job, "ahead")).as("its behavior has not happened yet").isZero();
            job.cancel();
        }
    }

    /** What nobody can read says nothing about time, and is no sign of life either. */
    @Test
    void aPartitionOfGarbageDoesNotHoldTimeBack() throws Exception {
        Path model = Dataset.simulated(directory).model();
        try (DemoCluster cluster = DemoCluster.start(1);
                RunningJob job = new RunningJob(cluster);
                PartitionSender sender = new PartitionSender(cluster)) {
            log(sender, 0, "fast", START + HOUR);
            // valid once, then only garbage, more often than time.idle-after
            sender.send(1, behavior("slow", "slow", START));
            job.submit(model, eventTime("2s"), null);
            job.await(
                    "the user is answered",
                    () -> {
                        try {
                            sender.marker("behaviors", 1);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                        return job.answers.size() == 1;
                    });
            assertThat(seen(job, "fast")).isEqualTo(2);
            assertThat(refused(job, "undecodable")).isPositive();
            job.cancel();
        }
    }

    /**
     * Requests of three days, behaviors of which the second day is not there yet: what follows the
     * first request that is too far ahead is not read, and so does not wait in state.
     */
    @Test
    void theFasterTopicIsReadNoFurtherAheadThanTheDriftThatIsAllowed() throws Exception {
        Path model = Dataset.simulated(directory).model();
        Map<String, String> options = eventTime("0s");
        options.put(JobOptions.MAX_DRIFT.key(), "1h");
        options.put(JobOptions.CHECKPOINT_INTERVAL.key(), "1s");
        try (DemoCluster cluster = DemoCluster.start(1);
                RunningJob job = new RunningJob(cluster);
                PartitionSender sender = new PartitionSender(cluster)) {
            for (int partition = 0; partition < 2; partition++) {
                sender.send(partition, behavior("u", "b" + partition, START));
                sender.send(partition, request("first" + partition, START));
            }
            job.submit(model, options, null);
            for (int partition = 0; partition < 2; partition++) {
                sender.send(partition, request("ahead" + partition, START + 48 * HOUR));
            }
            job.await("some seconds pass", () -> checkpointed(cluster, 4));
            for (int n = 0; n < 10; n++) {
                sender.send(n % 2, request("far" + n, START + 49 * HOUR));
                // refused when it is read: it shows how far that is
                sender.marker("ad-requests", n % 2);
            }
            job.await("some seconds more", () -> checkpointed(cluster, 8));
            long read = refused(job, "undecodable");
            for (int partition = 0; partition < 2; partition++) {
                sender.send(partition, behavior("u", "c" + partition, START + 72 * HOUR));
                sender.send(partition, request("last" + partition, START + 60 * HOUR));
                sender.send(partition, request("clock" + partition, START + 72 * HOUR));
            }
            job.await("all are answered", () -> job.answers.size() == 16);
            assertThat(refused(job, "undecodable")).isEqualTo(10);
            assertThat(read).as("read before the behaviors came").isZero();
            job.cancel();
        }
    }

    private static long refused(RunningJob job, String reason) {
        return job.answers.deadLetters().getOrDefault(reason, 0L);
    }
}
