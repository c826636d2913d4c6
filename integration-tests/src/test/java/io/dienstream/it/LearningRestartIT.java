package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.bench.stream.JobCounts;
import io.dienstream.job.StartingState;
import io.dienstream.job.metric.LearningMetrics;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.kafka.Heartbeats;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ServedRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The learning job in exactly-once mode, killed again and again while it has records in flight, and
 * once started anew from its newest checkpoint: read_committed readers and files find every label
 * and every correction once, and at each stop impressions = examples + waiting + dead letters.
 */
class LearningRestartIT {
    private static final long SEED = 128;
    private static final int REQUESTS = 600;
    private static final int SLICES = 6;
    private static final int PARTITIONS = 4;
    private static final long REQUEST_MS = 300;
    private static final long MINUTE = 60_000;
    private static final long START = 1_700_000_000_000L;
    private static final long W = MINUTE;
    private static final long W2 = 60 * MINUTE;
    private static final long END = START + REQUESTS * REQUEST_MS + 10 * W;
    private static final long SUPERVISOR_MS = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final List<String> READ = List.of("served", "impressions", "ad-clicks");

    @TempDir private Path directory;

    private final Map<String, Boolean> truth = new TreeMap<>();
    private final Map<String, Long> late = new TreeMap<>();
    private final List<SpecificRecord> log = new ArrayList<>();
    private final LabelOutputs outputs = new LabelOutputs();
    private int told;
    private int unserved;

    /** A request in twenty is never served; a click in ten comes when its label is out. */
    private void draw() {
        Random random = new Random(SEED);
        for (int r = 0; r < REQUESTS; r++) {
            String request = "r" + r;
            String user = "u" + r % 7;
            long at = START + r * REQUEST_MS;
            boolean isServed = random.nextInt(20) > 0;
            if (isServed) {
                log.add(LearningFeed.served(request, user, at));
            }
            for (int ad = 0; ad < LearningFeed.CANDIDATES; ad++) {
                if (random.nextInt(4) > 0) {
                    long shown = at + random.nextInt(2_000);
                    log.add(new Impression(request, "ad" + ad, user, shown, ad, null));
                    if (isServed) {
                        drawClick(random, request, ad, user, shown);
                    } else {
                        unserved++;
                    }
                }
            }
        }
        log.sort(Comparator.comparingLong(LearningRestartIT::time));
    }

    private void drawClick(Random random, String request, int ad, String user, long shown) {
        boolean isClicked = random.nextInt(4) == 0;
        boolean isLate = isClicked && random.nextInt(10) == 0;
        truth.put(request + "/ad" + ad, isClicked && !isLate);
        if (isClicked) {
            long clicked =
                    shown + (isLate ? W + 1 + random.nextInt((int) W) : random.nextInt(30_000));
            log.add(LearningFeed.click(request, ad, user, clicked));
            if (isLate) {
                late.put(request + "/ad" + ad, clicked);
            }
        }
    }

    private static long time(SpecificRecord record) {
        if (record instanceof ServedRequest served) {
            return served.getTimestamp();
        }
        return record instanceof Impression impression
                ? impression.getTimestamp()
                : ((AdClick) record).getTimestamp();
    }

    private static int partition(SpecificRecord record) {
        String request =
                record instanceof ServedRequest served
                        ? served.getRequestId()
                        : record instanceof Impression impression
                                ? impression.getRequestId()
                                : ((AdClick) record).getRequestId();
        return Math.floorMod(request.hashCode(), PARTITIONS);
    }

    private LearningOptions options(DemoCluster cluster) {
        Map<String, String> values = new HashMap<>();
        values.put(JobOptions.BOOTSTRAP_SERVERS.key(), cluster.broker().bootstrapServers());
        values.put(JobOptions.CHECKPOINT_DIRECTORY.key(), cluster.checkpoints().toUri().toString());
        values.put(JobOptions.CHECKPOINT_INTERVAL.key(), "500ms");
        values.put(JobOptions.DELIVERY.key(), "exactly-once");
        values.put(JobOptions.PARALLELISM.key(), "2");
        values.put(LearningOptions.WAIT.key(), W + "ms");
        values.put(LearningOptions.CORRECTION_WAIT.key(), W2 + "ms");
        values.put(LearningOptions.DIRECTORY.key(), directory.toUri().toString());
        return LearningOptions.of(values);
    }

    @Test
    void aJobThatIsKilledLosesAndDoublesNothingAndItsCountsBalance() throws Exception {
        draw();
        try (DemoCluster cluster = DemoCluster.start(2, JobCounts.configuration());
                LearningFeed feed = new LearningFeed(cluster);
                Heartbeats heartbeats = new Heartbeats(cluster.client(), READ, "test");
                TopicTail out = new TopicTail(cluster.client(), LabelOutputs.TOPICS)) {
            LearningOptions options = options(cluster);
            JobID job = LearningFeed.submit(cluster, options, null);
            for (int slice = 0; slice < SLICES; slice++) {
                send(feed, slice);
                heartbeats.beat(time(log.get(end(slice) - 1)));
                if (slice == SLICES / 2) {
                    job = startAnew(cluster, options, job);
                } else {
                    kill(cluster, job, out);
                }
                await(out, this::balances);
                if (slice == SLICES / 2) {
                    assertThat(waiting()).as("some labels are still open").isPositive();
                    assertThat(outputs.labels).as("others are final").isNotEmpty();
                }
            }
            heartbeats.beat(END);
            await(out, () -> outputs.labels.size() == truth.size());
            kill(cluster, job, out);
            await(out, () -> outputs.corrected.size() == late.size() && waiting() == 0);
            cluster.flink().stopWithSavepoint(job, cluster.checkpoints().toUri().toString());
            out.drain(outputs::accept);
        }
        assertThat(late).hasSizeGreaterThan(10);
        assertThat(outputs.labels).isEqualTo(truth);
        assertThat(outputs.corrected).isEqualTo(late);
        assertThat(outputs.refused).isEqualTo(Map.of("unknown_request", unserved));
        LabelOutputs files = LabelOutputs.ofFiles(directory);
        assertThat(files.labels).isEqualTo(truth);
        assertThat(files.corrected).isEqualTo(late);
    }

    private int end(int slice) {
        return log.size() * (slice + 1) / SLICES;
    }

    /** Impressions of served requests twice, as producers do that try again. */
    private void send(LearningFeed feed, int slice) throws Exception {
        for (SpecificRecord record : log.subList(end(slice - 1), end(slice))) {
            feed.send(record, partition(record));
            if (record instanceof Impression impression) {
                told++;
                if (truth.containsKey(impression.getRequestId() + "/" + impression.getAdId())) {
                    feed.send(record, partition(record));
                }
            }
        }
    }

    /** Without waiting for what is in flight; returns when Flink has started the job again. */
    private void kill(DemoCluster cluster, JobID job, TopicTail out) throws Exception {
        long before = cluster.flink().restartedAt(job);
        cluster.flink().killTaskManager(SUPERVISOR_MS);
        await(out, () -> cluster.flink().restartedAt(job) > before);
    }

    /** As an operator does whose job is gone: from the newest checkpoint that there is. */
    private static JobID startAnew(DemoCluster cluster, LearningOptions options, JobID job)
            throws Exception {
        cluster.flink().cancel(job);
        String newest =
                StartingState.newest(cluster.checkpoints().toUri().toString()).orElseThrow();
        return LearningFeed.submit(cluster, options, newest);
    }

    private static long waiting() {
        return JobCounts.of(LearningMetrics.WAITING.name());
    }

    private boolean balances() {
        int refused = outputs.refused.values().stream().mapToInt(n -> n).sum();
        assertThat(outputs.labels.size() + refused).isLessThanOrEqualTo(told);
        return outputs.labels.size() + refused + waiting() == told;
    }

    /** That may hold after a while. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(TopicTail out, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            out.poll(Duration.ofMillis(50), outputs::accept);
            assertThat(System.nanoTime())
                    .as(
                            "told %d; labels %d of %d, corrections %d of %d, waiting %d, refused %s",
                            told,
                            outputs.labels.size(),
                            truth.size(),
                            outputs.corrected.size(),
                            late.size(),
                            waiting(),
                            outputs.refused)
                    .isLessThan(deadline);
        }
    }
}
