package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.kafka.Heartbeats;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Impression;
import io.dienstream.schema.ModelQuality;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The learning job through a broker, with the truth known. */
class LearningJobIT {
    private static final long SEED = 28;
    private static final int REQUESTS = 300;
    private static final long MINUTE = 60_000;
    private static final long START = 1_700_000_000_000L;
    private static final long W = 5 * MINUTE;
    private static final long W2 = 60 * MINUTE;
    private static final long END = START + REQUESTS * 100L + 2 * MINUTE;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    /** Of the other topics; clicks stand still for three times as long and must not be idle. */
    private static final Duration IDLE_AFTER = Duration.ofSeconds(1);

    private static final Duration STALLED = IDLE_AFTER.multipliedBy(3);

    @TempDir private Path directory;

    private final Map<String, Boolean> truth = new TreeMap<>();
    private final Map<String, Long> late = new TreeMap<>();
    private final List<SpecificRecord> before = new ArrayList<>();
    private final List<AdClick> lateClicks = new ArrayList<>();

    private final LabelOutputs outputs = new LabelOutputs();
    private final Map<String, Boolean> labels = outputs.labels;
    private final Map<String, Long> corrected = outputs.corrected;
    private final Map<String, Integer> refused = outputs.refused;
    private final Map<String, ModelQuality> windows = new TreeMap<>();

    /** What was served, shown and clicked; a click comes seconds or, one in ten, minutes later. */
    private void draw() {
        Random random = new Random(SEED);
        for (int r = 0; r < REQUESTS; r++) {
            long at = START + r * 100L;
            String request = "r" + r;
            before.add(LearningFeed.served(request, "u" + r % 7, at));
            for (int ad = 0; ad < 3; ad++) {
                if (random.nextInt(4) == 0) {
                    continue;
                }
                long shown = at + random.nextInt(2_000);
                before.add(new Impression(request, "ad" + ad, "u" + r % 7, shown, ad, null));
                boolean isClicked = random.nextInt(5) == 0;
                boolean isLate = isClicked && random.nextInt(10) == 0;
                long clicked = shown + (isLate ? W + 1 : random.nextInt(60_000));
                truth.put(request + "/ad" + ad, isClicked && !isLate);
                if (isLate) {
                    late.put(request + "/ad" + ad, clicked);
                    lateClicks.add(LearningFeed.click(request, ad, "u" + r % 7, clicked));
                } else if (isClicked) {
                    before.add(LearningFeed.click(request, ad, "u" + r % 7, clicked));
                }
            }
        }
    }

    private LearningOptions options(DemoCluster cluster) {
        Map<String, String> values = new HashMap<>();
        values.put(JobOptions.BOOTSTRAP_SERVERS.key(), cluster.broker().bootstrapServers());
        values.put(JobOptions.CHECKPOINT_DIRECTORY.key(), cluster.checkpoints().toUri().toString());
        values.put(JobOptions.CHECKPOINT_INTERVAL.key(), "1s");
        values.put(JobOptions.PARALLELISM.key(), "3"); // more than a topic has partitions
        values.put(LearningOptions.WAIT.key(), W + "ms");
        values.put(LearningOptions.CORRECTION_WAIT.key(), W2 + "ms");
        values.put(LearningOptions.IDLE_AFTER.key(), IDLE_AFTER.toMillis() + "ms");
        values.put(LearningOptions.DIRECTORY.key(), directory.toUri().toString());
        return LearningOptions.of(values);
    }

    @Test
    void everyLabelIsRightAndNothingIsDecidedWhileClicksStandStill() throws Exception {
        draw();
        try (DemoCluster cluster = DemoCluster.start(3);
                LearningFeed feed = new LearningFeed(cluster);
                Heartbeats others =
                        new Heartbeats(cluster.client(), List.of("served", "impressions"), "test");
                Heartbeats clicks = new Heartbeats(cluster.client(), List.of("ad-clicks"), "test");
                TopicTail out =
                        new TopicTail(
                                cluster.client(),
                                List.of(
                                        "training-examples",
                                        "label-corrections",
                                        "model-quality",
                                        "learning-dead-letters"))) {
            LearningOptions options = options(cluster);
            JobID job = LearningFeed.submit(cluster, options, null);
            for (SpecificRecord record : before) {
                feed.send(record, 0);
                if (record instanceof Impression) {
                    feed.send(record, 0); // all of them twice
                }
            }
            feed.send("ad-clicks", 0, null, new byte[] {1});
            others.beat(END + W + W2);
            await(out, () -> refused.getOrDefault("undecodable", 0) == 1);
            long stalledUntil = System.nanoTime() + STALLED.toNanos();
            while (System.nanoTime() < stalledUntil) {
                others.beat(END + W + W2);
                cluster.flink().checkpoint(job);
            }
            out.drain(this::accept);
            assertThat(labels).as("clicks of the other partitions may still come").isEmpty();

            clicks.beat(END + W);
            await(out, () -> labels.size() >= truth.size());
            String savepoint =
                    cluster.flink()
                            .stopWithSavepoint(job, cluster.checkpoints().toUri().toString());
            for (AdClick click : lateClicks) {
                feed.send(click, 1);
                feed.send(click, 0);
            }
            feed.send(LearningFeed.click("nobody", 0, "u0", END), 0);
            job = LearningFeed.submit(cluster, options, savepoint);
            clicks.beat(END + W + 2 * W2);
            others.beat(END + W + 2 * W2);
            await(out, () -> corrected.size() >= late.size() && refused.size() == 2);
            await(out, this::qualityKnowsEveryImpressionAndEveryClick);
            cluster.flink().stopWithSavepoint(job, cluster.checkpoints().toUri().toString());
            out.drain(this::accept);
        }
        assertThat(labels).isEqualTo(truth);
        assertThat(late).hasSizeGreaterThan(3);
        assertThat(corrected).isEqualTo(late);
        assertThat(refused).isEqualTo(Map.of("undecodable", 1, "unknown_request", 1));
        filesHoldTheSame();
    }

    /** Windows of one version add up; each counts as it was told last. */
    private boolean qualityKnowsEveryImpressionAndEveryClick() {
        double impressions = 0;
        double clicked = 0;
        for (ModelQuality window : windows.values()) {
            assertThat(window.getArm()).isEqualTo("live");
            impressions += window.getImpressions();
            clicked += window.getClicks();
        }
        long clicks = truth.values().stream().filter(label -> label).count() + late.size();
        assertThat(impressions).isLessThanOrEqualTo(truth.size());
        assertThat(clicked).isLessThanOrEqualTo((double) clicks);
        return impressions == truth.size() && clicked == (double) clicks;
    }

    private void add(ModelQuality window) {
        if (window.getSegment().equals("all")) {
            windows.merge(
                    window.getModelFingerprint() + "/" + window.getWindowStart(),
                    window,
                    (a, b) -> a.getRevision() > b.getRevision() ? a : b);
        }
    }

    private void filesHoldTheSame() throws IOException {
        LabelOutputs files = LabelOutputs.ofFiles(directory);
        assertThat(files.labels).isEqualTo(truth);
        assertThat(files.corrected).isEqualTo(late);
        for (Path file : LabelOutputs.finished(directory.resolve("examples"))) {
            // 2023-11-14T22:13:20Z is START, and all is over within the hour
            assertThat(file.getParent()).endsWith(Path.of("dt=2023-11-14", "hour=22"));
            try (var reader =
                    new DataFileReader<>(
                            file.toFile(), new SpecificDatumReader<>(TrainingExample.class))) {
                assertThat(reader.getMetaString("dien.labels.wait-ms")).isEqualTo(Long.toString(W));
                assertThat(reader.getMetaString("dien.examples.negative-rate")).isEqualTo("1.0");
                assertThat(reader.getMetaString("dien.examples.salt")).isEmpty();
            }
        }
    }

    private void await(TopicTail out, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            out.poll(Duration.ofMillis(50), this::accept);
            assertThat(System.nanoTime())
                    .as(
                            "labels %d of %d, corrections %d of %d, refused %s",
                            labels.size(), truth.size(), corrected.size(), late.size(), refused)
                    .isLessThan(deadline);
        }
    }

    private void accept(ConsumerRecord<byte[], byte[]> record) {
        if (!record.topic().equals("model-quality")) {
            outputs.accept(record);
            return;
        }
        try {
            add(WireDecoder.of(ModelQuality.class).decode(record.value()));
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }
}
